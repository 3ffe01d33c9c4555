package io.sluice.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice trace}: where the time of a request goes. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        description = {
            "Asks for a URL over HTTP/1.1, each time on a new connection, and shows where the time goes.",
            "",
            "  sluice trace http://127.0.0.1:8080/v1/channels/news",
            "  sluice trace https://example.org/ --repeat 50",
            "  sluice trace https://localhost:8443/ --cacert data/demo/tls/certificate.pem --json",
            ""
        })
final class TraceCommand implements Callable<Integer> {
    private static final int MOST = 10_000;

    private final Terminal terminal;

    @Parameters(paramLabel = "URL", description = "An http or https address.")
    private URI url = URI.create("");

    @Option(
            names = {"-n", "--repeat"},
            paramLabel = "N",
            description = "How often, 1 to 10000 (1); from 2 on percentiles are shown.")
    private int repeat = 1;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "How long one request may take (10).")
    private int timeout = 10;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "Trust this PEM certificate too, such as the demo's.")
    private @Nullable Path cacert;

    @Option(names = "--json", description = "Print the times in milliseconds as JSON.")
    private boolean json;

    @Mixin
    private final ColourOption colour = new ColourOption();

    TraceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (repeat < 1 || repeat > MOST || timeout < 1 || timeout > 600) {
            throw new CommandFailed("--repeat must be 1 to " + MOST + ", --timeout 1 to 600");
        }
        var tracer = new Tracer(url, cacert == null ? null : HubOptions.trusting(cacert), Duration.ofSeconds(timeout));
        var traces = new ArrayList<Trace>();
        var failures = new ArrayList<String>();
        var progress = new Progress(terminal, "requests", repeat);
        for (int i = 0; i < repeat; i++) {
            try {
                traces.add(tracer.once());
            } catch (IOException failed) {
                failures.add(failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage());
            }
            progress.done(i + 1);
        }
        progress.close();
        return report(traces, failures);
    }

    private int report(List<Trace> traces, List<String> failures) {
        var report = new TraceReport(url, traces, failures);
        if (json) {
            terminal.out().println(report.json());
        } else {
            report.lines(colour.of(terminal)).forEach(terminal.out()::println);
        }
        terminal.out().flush();
        if (traces.isEmpty()) {
            throw new CommandFailed("no answer from " + url + ": " + failures.getFirst());
        }
        return failures.isEmpty() ? 0 : 1;
    }
}
