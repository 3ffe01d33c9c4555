package io.sluice.simulation;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A mistake that somebody could make, as a change to a copy of one source file, with the promise that it breaks.
 *
 * @param file below {@code io/sluice}
 * @param good what stands there
 * @param bad what the mistake makes of it
 */
record PlantedBug(String name, String file, String good, String bad) {
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "sluice");

    @Override
    public String toString() {
        return name;
    }

    /** Plays seeds against the copy until one fails; gives what that run said, or null. Uses {@code folder} for the copy. */
    @Nullable
    String found(long first, long seeds, Path folder) throws IOException, ReflectiveOperationException {
        var source = SOURCES.resolve(file);
        var text = Files.readString(source);
        if (!text.contains(good)) {
            throw new AssertionError(file + " has changed: the patch of '" + name + "' does not fit any more");
        }
        var patched = Files.createDirectories(folder.resolve("patched")).resolve(source.getFileName());
        Files.writeString(patched, text.replace(good, bad));
        var classes = Files.createDirectories(folder.resolve("classes"));
        compile(patched, classes);
        try (var loader = new PatchedClasses(classes)) {
            var play = loader.loadClass("io.sluice.simulation.Simulate")
                    .getDeclaredMethod("firstFailure", long.class, long.class);
            play.setAccessible(true);
            return (String) play.invoke(null, first, seeds);
        }
    }

    private static void compile(Path source, Path classes) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var said = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", PatchedClasses.classPath());
            boolean compiled = compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            if (!compiled) {
                throw new AssertionError(said.toString());
            }
        }
    }
}
