package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The hot paths cost at most a tenth more than {@code budget.tsv} says, in bytecodes and in bytes: no clock is asked, so a
 * busy machine measures the same. After a change that is worth its price, or saves some: {@code ./mvnw -pl server,bench -am
 * test -Dtest=CostBudgetTest -Dsurefire.failIfNoSpecifiedTests=false -Dbudget.update=true}, and say why in the commit.
 */
final class CostBudgetTest {
    private static final Path BUDGET = Path.of("budget.tsv");
    private static final double MORE = 1.10;
    /** Half a bytecode or byte: what rounding may make of nothing. */
    private static final double ROUNDING = 0.5;

    private record Cost(double bytecodes, double bytes) {
        static Cost parse(String line) {
            var cells = line.split("\t", -1);
            return new Cost(Double.parseDouble(cells[1]), Double.parseDouble(cells[2]));
        }
    }

    @Test
    void noHotPathCostsMoreThanItsBudget() throws IOException, InterruptedException {
        var measured = measure();
        if (Boolean.getBoolean("budget.update")) {
            Files.write(
                    BUDGET,
                    Stream.concat(Stream.of("operation\tbytecodes\tbytes"), measured.stream())
                            .toList());
        }

        var budget = costs(Files.readAllLines(BUDGET).stream().skip(1));
        var costs = costs(measured.stream());

        assertThat(costs.keySet()).isEqualTo(budget.keySet());
        costs.forEach((operation, cost) -> {
            var allowed = Objects.requireNonNull(budget.get(operation));
            assertThat(cost.bytecodes)
                    .as("bytecodes of '%s'", operation)
                    .isLessThanOrEqualTo(allowed.bytecodes * MORE + ROUNDING);
            assertThat(cost.bytes).as("bytes of '%s'", operation).isLessThanOrEqualTo(allowed.bytes * MORE + ROUNDING);
        });
    }

    private static Map<String, Cost> costs(Stream<String> lines) {
        var costs = new LinkedHashMap<String, Cost>();
        lines.forEach(line -> costs.put(line.substring(0, line.indexOf('\t')), Cost.parse(line)));
        return costs;
    }

    private static List<String> measure() throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xint",
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dio.netty.leakDetection.level=disabled",
                        "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HotPaths.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(printed).isZero();
            return printed.lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }
}
