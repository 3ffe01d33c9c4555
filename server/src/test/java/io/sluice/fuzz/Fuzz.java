package io.sluice.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code sluice fuzz}: lets Jazzer look for inputs that break a target's properties, in a process of its own, beginning with the
 * target's seeds. What it learns is kept in {@code server/target/fuzz} for the next run; what it finds is printed as a line for
 * the file of seeds, where each test run plays it again.
 */
public final class Fuzz {
    /** In place of a target's name: all of them in one process. */
    static final String ALL = "all";

    private static final String USAGE =
            "usage: sluice fuzz [TARGET | all] [--minutes N | --runs N] [--seed X [--blind]]";

    private Fuzz() {}

    /**
     * How long to look, and where to begin.
     *
     * @param blind true: Jazzer changes the seeds without looking at what that reaches, nor at what it has learned before, so that
     *     the same seed is the same inputs, in every run, on every machine and whatever our code is
     */
    record Effort(long runs, long minutes, long seed, boolean blind) {}

    /** What came of it: {@code finding} is null when every property was kept. */
    record Result(List<String> output, @Nullable String finding) {}

    /** Arguments: as the usage line says; without a target their list is printed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String target = null;
        long minutes = 1;
        long runs = 0;
        long seed = System.nanoTime() & Integer.MAX_VALUE;
        boolean blind = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--minutes" -> minutes = Long.parseLong(arguments[++i]);
                case "--runs" -> runs = Long.parseLong(arguments[++i]);
                case "--seed" -> seed = Long.parseLong(arguments[++i]);
                case "--blind" -> blind = true;
                case "-h", "--help" -> {
                    list();
                    return;
                }
                default -> target = arguments[i];
            }
        }
        if (target == null || !isKnown(target)) {
            list();
            System.exit(target == null ? 0 : 2);
            return;
        }
        var effort = new Effort(runs, runs > 0 ? 0 : minutes, seed, blind);
        var result = run(target, Path.of("server", "target", "fuzz"), System.getProperty("java.class.path"), effort);
        result.output.forEach(System.out::println);
        System.out.println(
                result.finding == null
                        ? target + " from seed " + seed + ": every property was kept"
                        : "found; a line for server/src/test/resources/fuzz/" + target + ".txt:\n" + result.finding);
        System.exit(result.finding == null ? 0 : 1);
    }

    private static void list() {
        System.out.println(USAGE);
        FuzzTargets.ALL.forEach(type -> System.out.printf(Locale.ROOT, "  %-14s %s%n", type.name(), type.reads()));
    }

    private static boolean isKnown(String target) {
        return target.equals(ALL)
                || FuzzTargets.ALL.stream().anyMatch(type -> type.name().equals(target));
    }

    /** Runs one target, or all of them, below {@code folder}. */
    static Result run(String target, Path folder, String classPath, Effort effort)
            throws IOException, InterruptedException {
        var home = Files.createDirectories(folder.resolve(target)).toAbsolutePath();
        var corpus = Files.createDirectories(home.resolve("corpus"));
        var seeds = seeds(target, Files.createDirectories(home.resolve("seeds")));
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+EnableDynamicAgentLoading",
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                "-Dsluice.fuzz.target=" + target,
                "-cp",
                classPath,
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + FuzzedProcess.class.getName(),
                effort.blind
                        ? "--instrumentation_includes=io.sluice.fuzz.PlantedMistake"
                        : "--instrumentation_includes=io.sluice.**",
                "--instrumentation_excludes=io.sluice.fuzz.Fuzz*:io.sluice.proto.**",
                // It looks at the JDK's Unsafe in a way that JDK 25 does not have.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer",
                "--reproducer_path=" + home,
                "-artifact_prefix=" + home + "/",
                "-seed=" + (effort.seed == 0 ? 1 : effort.seed),
                "-max_len=2048",
                "-timeout=20",
                // It would read its own corpus again each second: then a run depends on how fast it is.
                "-reload=0",
                "-rss_limit_mb=3000"));
        command.add(effort.minutes > 0 ? "-max_total_time=" + effort.minutes * 60 : "-runs=" + effort.runs);
        if (effort.blind) {
            command.add("-keep_seed=1");
        } else {
            command.add(corpus.toString());
        }
        command.add(seeds.toString());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> output;
        try {
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("INFO: ") && !line.matches("#\\d+\\s+(NEW|REDUCE|pulse).*"))
                    .toList();
        } finally {
            process.destroyForcibly();
        }
        int exit = process.waitFor();
        return new Result(output, exit == 0 ? null : finding(home, exit));
    }

    private static Path seeds(String target, Path folder) throws IOException {
        for (int type = 0; type < FuzzTargets.ALL.size(); type++) {
            var name = FuzzTargets.ALL.get(type).name();
            if (target.equals(ALL) || target.equals(name)) {
                int number = 0;
                for (var seed : Seeds.of(name)) {
                    var input = target.equals(ALL) ? new byte[seed.length + 1] : seed;
                    if (target.equals(ALL)) {
                        input[0] = (byte) type;
                        System.arraycopy(seed, 0, input, 1, seed.length);
                    }
                    Files.write(folder.resolve(name + "-" + number++), input);
                }
            }
        }
        return folder;
    }

    /** The newest input that Jazzer left behind because of what it did. */
    private static String finding(Path home, int exit) throws IOException {
        try (var files = Files.list(home)) {
            var found = files.filter(file -> file.getFileName().toString().matches("(crash|timeout|oom|leak)-.*"))
                    .max(java.util.Comparator.comparingLong(
                            file -> file.toFile().lastModified()));
            return found.isEmpty()
                    ? "(the process ended with " + exit + ")"
                    : Seeds.print(Files.readAllBytes(found.get()));
        }
    }
}
