package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which package may use which: read from the compiled classes, and quoted in ARCHITECTURE.md. */
final class ArchitectureTest {
    /**
     * The whole truth about the arrows: a package, then every package of ours that it may use. {@code Edge} stands for the
     * wiring in the root package, which is all of it but {@code Main}.
     */
    private static final String ARROWS = """
            Main          -> cli, Edge, auth, net, config
            cli           -> client, proto.v1, auth, net, config, observe
            Edge          -> cli, admin, hub.api, hub.transport, hub.wire, hub.log, hub, auth, limit, http, net, config, observe
            admin         -> hub.wire, hub, auth, limit, http, net, config, observe
            hub.api       -> hub.wire, hub, auth, limit, http, net, config, observe
            hub.transport -> hub.wire, hub, proto.v1, graphql, grpc, auth, limit, http, net, config, observe
            hub.wire      -> hub, proto.v1, graphql, grpc, auth, limit, http, net, config, observe
            hub.log       -> hub, auth, limit, http, net, config, observe
            hub           -> auth, limit, http, net, config, observe
            auth          -> limit, http, net, config, observe
            limit         -> http, net, config, observe
            grpc          -> http, net, config, observe
            graphql       -> http, net, config, observe
            http          -> net, config, observe
            net           -> config, observe
            observe       -> config
            config        -> nothing
            proto.v1      -> nothing
            client        -> nothing
            """;

    private static final Set<String> NAMES_WITHOUT_MEANING =
            Set.of("util", "common", "impl", "helpers", "core", "misc");
    private static final Pattern OURS = Pattern.compile("Lio/sluice/([A-Za-z0-9_/$]+)[;<]");
    private static final Path HOUSE = Path.of("..");

    @Test
    void everyClassUsesOnlyThePackagesThatItsOwnMayUse() throws IOException {
        var allowed = arrows();

        var broken = new TreeSet<String>();
        for (var file : classFiles()) {
            var user = unitOf(classNameOf(file));
            for (var used : usedBy(file)) {
                if (!used.equals(user) && !allowed.getOrDefault(user, Set.of()).contains(used)) {
                    broken.add(user + " -> " + used + " in " + classNameOf(file));
                }
            }
        }

        assertThat(broken).as("arrows that ARROWS does not allow").isEmpty();
    }

    @Test
    void noTwoPackagesMayUseEachOther() {
        var allowed = arrows();

        var bothWays = allowed.keySet().stream()
                .filter(from -> allowed.getOrDefault(from, Set.of()).stream()
                        .anyMatch(to -> allowed.getOrDefault(to, Set.of()).contains(from)))
                .toList();

        assertThat(bothWays).isEmpty();
    }

    @Test
    void everyPackageOfTheServerIsOnTheMap() throws IOException {
        var allowed = arrows();

        var units = classFiles().stream().map(file -> unitOf(classNameOf(file))).collect(Collectors.toSet());

        assertThat(allowed.keySet()).containsAll(units);
    }

    @Test
    void architectureMdQuotesTheMap() throws IOException {
        var page = Files.readString(HOUSE.resolve("ARCHITECTURE.md"));

        assertThat(page).contains("```text\n" + ARROWS + "```");
    }

    @Test
    void noFolderHasANameWithoutMeaning() throws IOException {
        var refused = new TreeSet<String>();

        for (var module : List.of("server", "client", "bench")) {
            try (var paths = Files.walk(HOUSE.resolve(module).resolve("src"))) {
                paths.filter(Files::isDirectory)
                        .filter(path -> NAMES_WITHOUT_MEANING.contains(
                                path.getFileName().toString()))
                        .forEach(path -> refused.add(path.toString()));
            }
        }

        assertThat(refused).isEmpty();
    }

    private static Map<String, Set<String>> arrows() {
        var arrows = new LinkedHashMap<String, Set<String>>();
        ARROWS.lines().forEach(line -> {
            var sides = line.split(" +-> ", 2);
            var to = Arrays.stream(sides[1].split(", ", -1))
                    .filter(name -> !name.equals("nothing"))
                    .collect(Collectors.toSet());
            arrows.put(sides[0], to);
        });
        return arrows;
    }

    private static List<Path> classFiles() throws IOException {
        try (var paths = Files.walk(Path.of("target", "classes", "io", "sluice"))) {
            return paths.filter(path -> path.toString().endsWith(".class"))
                    .filter(path -> !path.endsWith("package-info.class"))
                    .toList();
        }
    }

    /** The units of ours that a class names: in its constants, descriptors, signatures and annotations. */
    private static Set<String> usedBy(Path file) throws IOException {
        var used = new TreeSet<String>();
        for (var entry : ClassFile.of().parse(file).constantPool()) {
            if (entry instanceof ClassEntry named && named.asInternalName().startsWith("io/sluice/")) {
                used.add(unitOf(named.asInternalName().substring("io/sluice/".length())));
            } else if (entry instanceof Utf8Entry text) {
                OURS.matcher(text.stringValue()).results().forEach(found -> used.add(unitOf(found.group(1))));
            }
        }
        return used;
    }

    /** {@code hub/wire/JsonWire} for {@code target/classes/io/sluice/hub/wire/JsonWire.class}. */
    private static String classNameOf(Path file) {
        var name = Path.of("target", "classes", "io", "sluice").relativize(file).toString();
        return name.substring(0, name.length() - ".class".length()).replace('\\', '/');
    }

    /** The package of a class by its name without {@code io/sluice/}; for the root package, {@code Main} or {@code Edge}. */
    private static String unitOf(String className) {
        int slash = className.lastIndexOf('/');
        if (slash >= 0) {
            return className.substring(0, slash).replace('/', '.');
        }
        return className.equals("Main") || className.startsWith("Main$") ? "Main" : "Edge";
    }
}
