package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.EdgeServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs every Java snippet of docs/guide/java.md, and compares what it prints with what the page shows. */
class JavaGuideTest {
    private static final Path PAGE = Path.of("..", "docs", "guide", "java.md");
    private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)```\\s*```text\\n(.*?)```", Pattern.DOTALL);

    @Test
    void everySnippetPrintsWhatThePageShows(@TempDir Path folder) throws Exception {
        var shown = new ArrayList<String>();
        var source =
                new StringBuilder("import io.sluice.client.*; import java.time.Duration; import java.util.Optional;\n"
                        + "public class Guide {\n");
        var page = Files.readString(PAGE);
        var snippets = SNIPPET.matcher(page).results().toList();
        for (var snippet : snippets) {
            source.append("public static void snippet")
                    .append(shown.size())
                    .append("(String server) throws Exception {\n");
            source.append(snippet.group(1)).append("}\n");
            shown.add(snippet.group(2));
        }
        compile(Files.writeString(folder.resolve("Guide.java"), source + "}\n"));

        var printed = run(folder, snippets.size());

        assertThat(snippets)
                .hasSize((int) page.lines().filter("```java"::equals).count());
        assertThat(printed).isEqualTo(shown);
    }

    private static void compile(Path source) {
        var classPath = Objects.requireNonNullElse(
                System.getProperty("surefire.test.class.path"), System.getProperty("java.class.path"));
        var said = new ByteArrayOutputStream();
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, said, said, "-proc:none", "-cp", classPath, source.toString());
        assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }

    private static List<String> run(Path folder, int count) throws Exception {
        var printed = new ArrayList<String>();
        var before = System.out;
        try (var server = EdgeServer.inMemory();
                var loader =
                        new URLClassLoader(new java.net.URL[] {folder.toUri().toURL()})) {
            var guide = loader.loadClass("Guide");
            for (int i = 0; i < count; i++) {
                var out = new ByteArrayOutputStream();
                System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
                guide.getMethod("snippet" + i, String.class)
                        .invoke(null, server.uri("").toString());
                printed.add(out.toString(StandardCharsets.UTF_8));
            }
        } finally {
            System.setOut(before);
        }
        return printed;
    }
}
