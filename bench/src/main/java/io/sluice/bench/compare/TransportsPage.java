package io.sluice.bench.compare;

import io.sluice.bench.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** {@code docs/reference/transports.md}: what our transports cost, as the last run measured it. */
final class TransportsPage {

    private TransportsPage() {}

    static void write(Path home, List<List<String>> table) throws IOException {
        var file = home.resolve("docs/reference/transports.md");
        var day = LocalDate.now(ZoneOffset.UTC);
        var head = """
                # Transports, measured

                Written by `./sluice compare --rows transports`; the run, with the machine and every number, is
                [bench/results](../../bench/results/%s-compare.md). Which transport for what: [the guide](../guide/transports.md).

                """.formatted(day);
        var tail = """

                Every reader has a connection of its own. Latency is from the intended time of a publish to the reader, at a calm rate. Bytes are what the
                readers' connections carried in both directions, requests and acknowledgements of the protocol included, less the %d bytes of data. Memory
                is resident memory of the server with idle readers, less that without them, for each; a connection that polls is kept between polls.
                `poll` asks once a second, so half a second is its nature. A proxy cuts every connection in the middle of a message, again and again, while
                messages are published; the readers come back with their cursors.
                """.formatted(FanoutTurns.SIZE);
        Files.writeString(file, head + Report.markdown(table) + tail);
        System.out.println("written to " + home.relativize(file));
    }
}
