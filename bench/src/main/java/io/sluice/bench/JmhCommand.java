package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The microbenchmarks. JMH itself says how far it is and how long the rest takes. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench jmh --quick Append"},
        description = "Append, encode and offer under JMH, with bytes allocated per operation.")
final class JmhCommand implements Callable<Integer> {
    @Mixin
    private BenchOptions options = new BenchOptions();

    @Parameters(
            description = "Regular expressions over benchmark names. Default: all",
            defaultValue = "io.sluice.bench")
    private List<String> include = new ArrayList<>();

    @Option(names = "--quick", description = "One short iteration: to see that they run")
    private boolean quick;

    @Override
    public Integer call() throws RunnerException, IOException {
        var report = new Report("jmh", options);
        var scratch = options.home().resolve("bench/target/run");
        Files.createDirectories(scratch);
        var builder = new OptionsBuilder()
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .jvmArgs("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx2g");
        include.forEach(builder::include);
        if (quick) {
            builder.warmupIterations(1).measurementIterations(1);
        }
        var table = new ArrayList<List<String>>();
        table.add(List.of("benchmark", "parameters", "score", "error", "unit", "bytes allocated per operation"));
        for (var result : new Runner(builder.build()).run()) {
            table.add(row(result));
        }
        report.table("Microbenchmarks", table);
        report.write();
        return 0;
    }

    private static List<String> row(RunResult result) {
        var parameters = result.getParams().getParamsKeys().stream()
                .map(key -> key + "=" + result.getParams().getParam(key))
                .toList();
        var name = result.getParams().getBenchmark();
        var score = result.getPrimaryResult();
        var allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
        return List.of(
                name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                String.join(", ", parameters),
                Report.number(score.getScore()),
                Report.number(score.getScoreError()),
                score.getScoreUnit(),
                allocated == null ? "-" : Report.number(allocated.getScore()));
    }
}
