package io.sluice.cli;

import io.sluice.client.Draft;
import io.sluice.client.SluiceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice publish}. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = {
            "Publishes one message and prints its position. DATA that is JSON goes as JSON, anything else as text.",
            "",
            "  sluice publish chat:general '{\"text\":\"hello\"}'",
            "  sluice publish news 'plain text' --event headline",
            "  sluice publish orders - --key order-17 < order.json",
            ""
        })
final class PublishCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "CHANNEL", description = "Such as chat:general.")
    private String channel = "";

    @Parameters(index = "1", paramLabel = "DATA", description = "The message; - reads it from standard input.")
    private String data = "";

    @Option(names = "--event", paramLabel = "NAME", description = "The kind of message (message).")
    private @Nullable String event;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The idempotency key: published once, however often it is sent.")
    private @Nullable String key;

    @Mixin
    private final HubOptions hub = new HubOptions();

    PublishCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var body = data.equals("-") ? read() : data;
        var draft = Json.read(body) != null ? Draft.json(body) : Draft.text(body);
        try (var http = hub.client();
                var client = hub.sluice(http, terminal.environment())
                        .patience(Duration.ZERO)
                        .timeout(Duration.ofSeconds(30))
                        .connect()) {
            draft = event == null ? draft : draft.withEvent(event);
            draft = key == null ? draft : draft.withIdempotencyKey(key);
            terminal.out().println(client.channel(channel).publish(draft).position());
            return 0;
        } catch (IllegalArgumentException mistaken) {
            throw new CommandFailed(String.valueOf(mistaken.getMessage()));
        } catch (SluiceException refused) {
            throw new CommandFailed(Refused.line(hub.at(terminal.environment()), refused));
        }
    }

    private String read() {
        try {
            return new String(terminal.in().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new CommandFailed("cannot read the message: " + unreadable.getMessage());
        }
    }
}
