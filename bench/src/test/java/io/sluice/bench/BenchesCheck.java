package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every bench with tiny numbers against the built server: that it runs, measures what it names and loses nothing. It takes
 * minutes, most of them for starting servers, and so belongs to {@code -Pcoverage} and not to every test run.
 */
final class BenchesCheck {
    /** @param served the first cells of the lines that its tables must have */
    record Tiny(String arguments, List<String> served) {
        String name() {
            return arguments.substring(0, arguments.indexOf(' '));
        }

        @Override
        public String toString() {
            return arguments;
        }
    }

    static final List<Tiny> ALL = List.of(
            new Tiny(
                    "fanout --rows a --transports sse --servers sluice,bare --subscribers 20 --rounds 1 --seconds 0.2 --warmup 0",
                    List.of("sluice", "bare")),
            new Tiny("idle --connections 20 --seconds 1 --servers sluice,netty", List.of("sluice", "netty")),
            new Tiny("resume --clients 5 --missed 50 --rounds 2", List.of("1", "2")),
            new Tiny("restart --rounds 1 --missed 10", List.of("websocket", "sse", "longpoll", "poll")),
            new Tiny(
                    "publish --publishers 4 --channels 2 --durability process --seconds 0.3 --warmup 0 --rounds 1",
                    List.of("process")),
            new Tiny("start --starts 2 --idle 0", List.of("1", "2")),
            new Tiny("storm --sessions 50 --rate 50 --residents 5 --quiet-seconds 1", List.of("50.0")),
            new Tiny("attack --seconds 1 --before 1 --only PING", List.of("quiet", "burn", "PING flood")),
            new Tiny(
                    "webhooks --webhooks 2 --rate 20 --seconds 1 --warmup 0 --backlog 20 --idle 10 --idle-channels 1 --idle-seconds 1",
                    List.of("steady", "backlog", "1")),
            new Tiny("jmh --quick AuthoriseBenchmark.pay", List.of()));

    @Test
    void noneIsLeftOut() {
        assertThat(ALL.stream().map(Tiny::name))
                .containsExactlyInAnyOrderElementsOf(
                        Bench.commands().getSubcommands().keySet());
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void runsAndLosesNothing(Tiny bench) {
        var said = new ByteArrayOutputStream();
        var before = System.out;
        int exit;
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            exit = Bench.run(
                    Bench.commands(),
                    Stream.concat(
                                    Arrays.stream(bench.arguments.split(" ")),
                                    Stream.of("--dry", "--server-cpus", "all", "--client-cpus", "all"))
                            .toArray(String[]::new));
        } finally {
            System.setOut(before);
        }
        var text = said.toString(StandardCharsets.UTF_8);

        assertThat(exit).as(text).isZero();
        assertThat(firstCells(text)).containsAll(bench.served);
        assertThat(column(text, "lost")).allMatch("0"::equals);
    }

    private static List<String> firstCells(String text) {
        return lines(text).map(List::getFirst).toList();
    }

    /** What stands below a head called {@code name}, in every table that has one. */
    private static List<String> column(String text, String name) {
        var found = new ArrayList<String>();
        int at = -1;
        for (var line : lines(text).toList()) {
            if (line.contains(name)) {
                at = line.indexOf(name);
            } else if (at >= 0 && at < line.size() && !line.getFirst().startsWith("---")) {
                found.add(line.get(at));
            }
        }
        return found;
    }

    private static Stream<List<String>> lines(String text) {
        return text.lines()
                .filter(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList());
    }
}
