package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/**
 * What would be published, after it was built: Maven runs this in {@code verify}, not among the tests, which see classes only.
 */
class ArtefactsCheck {
    private static final Path TARGET = Path.of("target");

    @Test
    void theJarIsANamedModuleThatNeedsTheJdkAndNothingElse() throws IOException {
        var module =
                ModuleFinder.of(jar("")).find("io.sluice.client").orElseThrow().descriptor();

        assertThat(module.exports()).extracting(each -> each.source()).containsExactly("io.sluice.client");
        assertThat(module.requires())
                .filteredOn(
                        each -> !each.modifiers().contains(java.lang.module.ModuleDescriptor.Requires.Modifier.STATIC))
                .extracting(each -> each.name())
                .allMatch(name -> name.startsWith("java."));
        assertThat(entries("")).anyMatch("META-INF/maven/io.sluice/sluice-client/pom.xml"::equals);
    }

    @Test
    void everySourceAndThePagesOfItsTypesAreBesideIt() throws IOException {
        var sources = entries("-sources");
        var pages = entries("-javadoc");

        try (var files = Files.list(Path.of("src/main/java/io/sluice/client"))) {
            var names =
                    files.map(file -> "io/sluice/client/" + file.getFileName()).toList();
            assertThat(sources).containsAll(names);
        }
        assertThat(pages)
                .contains(
                        "io.sluice.client/io/sluice/client/SluiceClient.html",
                        "io.sluice.client/io/sluice/client/SluiceClient.Builder.html",
                        "io.sluice.client/io/sluice/client/ProblemCode.html");
    }

    @Test
    void thePomSaysWhatARepositoryAsksFor() throws IOException {
        var pom = Files.readString(Path.of("pom.xml"));
        var parent = Files.readString(Path.of("..", "pom.xml"));

        assertThat(pom).contains("<name>", "<description>");
        assertThat(parent).contains("<licenses>", "<url>", "<scm", "<developers>");
    }

    private static List<String> entries(String kind) throws IOException {
        try (var jar = new JarFile(jar(kind).toFile())) {
            return jar.stream().map(entry -> entry.getName()).toList();
        }
    }

    private static Path jar(String kind) throws IOException {
        try (var files = Files.list(TARGET)) {
            return files.filter(file -> file.getFileName()
                            .toString()
                            .matches("sluice-client-[\\d.]+(-SNAPSHOT)?" + kind + "\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
