package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
            ""
        })
final class TailCommand implements Callable<Integer> {
    /** The protocols that a tail can use. */
    enum Transport {
        SSE,
        WS,
        POLL,
        LONGPOLL,
        GRPC
    }

    private final Terminal terminal;

    @Parameters(arity = "1..100", paramLabel = "CHANNEL", description = "Such as chat:general.")
    private List<String> channels = new ArrayList<>();

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description = "sse, ws, poll, longpoll or grpc (sse).",
            converter = TransportName.class)
    private Transport transport = Transport.SSE;

    @Option(
            names = "--after",
            paramLabel = "CURSOR",
            description = "Start behind this cursor, earliest or latest (latest).")
    private @Nullable String after;

    @Option(names = "--json", description = "Print every message as the JSON that came.")
    private boolean json;

    @Option(names = "--count", paramLabel = "N", description = "Stop after N messages.")
    private long count = Long.MAX_VALUE;

    @Mixin
    private final HubOptions hub = new HubOptions();

    TailCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        var printer = new TailPrinter(terminal.out(), json, count);
        try (var client = hub.client()) {
            var place = new TailPlace(hub, client, terminal.environment(), channels, after);
            Tail tail = switch (transport) {
                case SSE -> new SseTail(place);
                case WS -> new WebSocketTail(place);
                case POLL -> new PollTail(place, false);
                case LONGPOLL -> new PollTail(place, true);
                case GRPC -> new GrpcTail(place);
            };
            var backoff = new Backoff();
            while (!printer.isFull()) {
                try {
                    tail.follow(printer, backoff::reset);
                } catch (Tail.Broken broken) {
                    if (broken.isFinal()) {
                        throw new CommandFailed(broken.reason());
                    }
                    var wait = backoff.next(broken.retryAfter());
                    terminal.err().println("sluice: " + broken.reason() + "; again in " + wait.toMillis() + " ms");
                    new CountDownLatch(1).await(wait.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
                }
            }
        }
        return 0;
    }

    /** Reads a transport in lower case. */
    static final class TransportName implements picocli.CommandLine.ITypeConverter<Transport> {
        @Override
        public Transport convert(String value) {
            for (var transport : Transport.values()) {
                if (transport.name().toLowerCase(Locale.ROOT).equals(value)) {
                    return transport;
                }
            }
            throw new picocli.CommandLine.TypeConversionException(
                    "must be sse, ws, poll, longpoll or grpc, not " + value);
        }
    }
}
