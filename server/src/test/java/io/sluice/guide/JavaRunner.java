package io.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;

/** Compiles a snippet as the body of a method, in which {@code server} is the server's address, and calls it. */
final class JavaRunner implements BlockRunner {
    private static final String IMPORTS =
            "import io.sluice.client.*; import java.time.Duration; import java.util.Optional;\n";

    @Override
    public String run(Block block, Stage stage) throws Exception {
        var name = "Snippet" + block.line();
        var lines = stage.local(block.body()).lines().toList();
        var imports = lines.stream().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
        var body = lines.stream().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        var source = IMPORTS + imports + "\npublic class " + name
                + " {\npublic static void main(String server) throws Exception {\n" + body + "\n}}\n";
        compile(Files.writeString(stage.folder().resolve(name + ".java"), source));

        var before = System.out;
        var out = new ByteArrayOutputStream();
        try (var loader = new URLClassLoader(new URL[] {stage.folder().toUri().toURL()})) {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            loader.loadClass(name)
                    .getMethod("main", String.class)
                    .invoke(null, stage.server().uri("").toString());
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void compile(Path source) {
        var classPath = Objects.requireNonNullElse(
                System.getProperty("surefire.test.class.path"), System.getProperty("java.class.path"));
        var said = new ByteArrayOutputStream();
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, said, said, "-proc:none", "-cp", classPath, source.toString());
        assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }
}
