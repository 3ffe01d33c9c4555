package io.sluice.cli;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
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
    public Integer call() throws InterruptedException {
        try (var client = hub.client()) {
            var body = data.equals("-") ? new String(terminal.in().readAllBytes(), StandardCharsets.UTF_8) : data;
            var request = hub.request(
                            "/v1/channels/" + HubOptions.encoded(channel) + "/messages", terminal.environment())
                    .timeout(Duration.ofSeconds(30))
                    .header("Content-Type", Json.read(body) != null ? "application/json" : "text/plain; charset=utf-8")
                    .POST(BodyPublishers.ofString(body));
            if (event != null) {
                request.header("Sluice-Event", event);
            }
            if (key != null) {
                request.header("Idempotency-Key", key);
            }
            var response = client.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new CommandFailed(Json.problem(response.statusCode(), response.body()));
            }
            var answer = Json.read(response.body());
            terminal.out().println(answer == null ? "" : answer.path("position").asString(""));
            return 0;
        } catch (IOException unreachable) {
            throw new CommandFailed(Unreachable.line(hub.at("", terminal.environment()), unreachable));
        }
    }
}
