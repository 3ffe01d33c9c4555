package io.sluice.cli;

import io.sluice.client.ConnectionState;
import io.sluice.client.Gap;
import io.sluice.client.Publication;
import io.sluice.client.SluiceException;
import io.sluice.client.SubscriptionListener;
import io.sluice.client.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice tail}: follows channels, over any transport, through reconnects. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = {
            "Prints messages as they come. It reconnects by itself and goes on where it was; what is lost is told as a gap.",
            "",
            "  sluice tail chat:general",
            "  sluice tail chat:general chat:random --transport ws",
            "  sluice tail news --after earliest --json",
            "  sluice tail orders --json --count 1 | jq .data",
            ""
        })
final class TailCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(arity = "1..100", paramLabel = "CHANNEL", description = "Such as chat:general.")
    private List<String> channels = new ArrayList<>();

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description = "auto, ws, sse, longpoll, poll or grpc (auto: the best that gets through).",
            converter = TailTransport.Name.class)
    private TailTransport transport = TailTransport.AUTO;

    @Option(
            names = "--after",
            paramLabel = "CURSOR",
            description = "Start behind this cursor, earliest or latest (latest).")
    private String after = "latest";

    @Option(names = "--json", description = "Print every message as the JSON that came.")
    private boolean json;

    @Option(names = "--count", paramLabel = "N", description = "Stop after N messages.")
    private long count = Long.MAX_VALUE;

    @Mixin
    private final ColourOption colour = new ColourOption();

    @Mixin
    private final HubOptions hub = new HubOptions();

    TailCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        var printer = new TailPrinter(terminal.out(), json, count, colour.of(terminal));
        if (transport == TailTransport.GRPC) {
            new GrpcTail(hub, terminal.environment(), channels, after).follow(printer, this::waiting);
        } else {
            follow(printer, transport.allowed());
        }
        return 0;
    }

    private void follow(TailPrinter printer, Transport[] allowed) throws InterruptedException {
        var failure = new AtomicReference<@Nullable SluiceException>();
        try (var http = hub.client();
                var client = hub.sluice(http, terminal.environment())
                        .transports(allowed)
                        .maxRetries(Integer.MAX_VALUE)
                        .onState(this::explain)
                        .connect()) {
            for (var channel : channels) {
                client.channel(channel).subscribe(after, new Lines(printer, failure));
            }
            printer.awaitFull();
        } catch (IllegalArgumentException | IllegalStateException mistaken) {
            throw new CommandFailed(String.valueOf(mistaken.getMessage()));
        }
        var why = failure.get();
        if (why != null) {
            throw new CommandFailed(Refused.line(hub.at(terminal.environment()), why));
        }
    }

    private void explain(ConnectionState state) {
        if (state instanceof ConnectionState.Waiting(var pause, var why)) {
            waiting(Refused.line(hub.at(terminal.environment()), why), pause);
        }
    }

    private void waiting(String reason, Duration wait) {
        terminal.err().println("sluice: " + reason + "; again in " + wait.toMillis() + " ms");
    }

    /** Prints what comes; the first channel that is refused ends the command. */
    private record Lines(TailPrinter printer, AtomicReference<@Nullable SluiceException> failure)
            implements SubscriptionListener {
        @Override
        public void onPublication(Publication publication) {
            printer.message(publication);
        }

        @Override
        public void onGap(Gap gap) {
            printer.gap(gap);
        }

        @Override
        public void onEnded(SluiceException why) {
            failure.compareAndSet(null, why);
            printer.stop();
        }
    }
}
