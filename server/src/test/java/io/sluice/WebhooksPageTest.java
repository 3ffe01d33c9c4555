package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.ConfigReader;
import io.sluice.config.DataSize;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Endpoint;
import io.sluice.testkit.Endpoint.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What docs/protocol/webhooks.md says that an endpoint gets is what one gets. Host, ids, times, signatures and epochs differ; the
 * signature that came is verified instead.
 */
final class WebhooksPageTest {
    private static final Path PAGE = Path.of("..", "docs", "protocol", "webhooks.md");
    private static final Pattern BLOCK = Pattern.compile("```delivery\\n(.*?)```", Pattern.DOTALL);

    @Test
    void anEndpointGetsWhatThePageSays() throws IOException {
        var transcripts = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1).lines().toList())
                .toList();
        assertThat(transcripts).hasSize(2);

        try (var endpoint = new Endpoint();
                var server = keepingFour()) {
            endpoint.otherwise(new Answer(204));
            var api = new ApiClient(server);
            api.put(
                    "/v1/webhooks/orders",
                    "{\"channels\":[\"orders:eu\"],\"url\":\"" + endpoint.url("/hooks") + "\",\"secrets\":[\""
                            + Endpoint.SECRET + "\"]}");
            api.post("/v1/channels/orders:eu/messages", "{\"order\":17}", "sluice-event", "order.paid");
            var first = endpoint.next();
            api.post("/v1/webhooks/orders/pause", "");
            for (int i = 0; i < 19; i++) {
                api.publish("orders:eu", "" + i);
            }
            api.post("/v1/webhooks/orders/resume", "");
            var gap = endpoint.next();

            check(first, transcripts.getFirst());
            check(gap, transcripts.getLast());
        }
    }

    private static EdgeServer keepingFour() {
        var namespace =
                new NamespaceConfig().on("memory", Durability.MEMORY).keeping(4, DataSize.mib(1), Duration.ofDays(1));
        return EdgeServer.with(new Config()
                .with(new HubConfig().in(Path.of("unused")).with(namespace))
                .with(ConfigReader.parse("webhooks: {allow: [127.0.0.0/8]}\n", "test.yaml", Map.of())
                        .webhooks()));
    }

    private static void check(Endpoint.Delivery came, List<String> transcript) {
        var said = transcript.stream()
                .filter(line -> line.startsWith(">"))
                .map(line -> steady(line.substring(1).strip()))
                .toList();
        var lines = new ArrayList<String>();
        lines.add("POST " + came.path() + " HTTP/1.1");
        for (var line : said.subList(1, said.indexOf(""))) {
            var name = line.substring(0, line.indexOf(": "));
            lines.add(steady(name + ": " + came.headers().get(name)));
        }
        lines.add("");
        lines.add(steady(came.body()));

        assertThat(lines).isEqualTo(said);
        assertThat(came.isSignedWith(Endpoint.SECRET)).isTrue();
    }

    private static String steady(String text) {
        return text.replaceAll("^host: .*", "host: ...")
                .replaceAll("msg_[A-Za-z0-9_-]{22}", "msg_...")
                .replaceAll("^webhook-timestamp: \\d{10}", "webhook-timestamp: ...")
                .replaceAll("v1,[A-Za-z0-9+/]{43}=", "v1,...")
                .replaceAll("[0-9a-z]{9,13}\\.(\\d+)", "<position $1>")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "<time>");
    }
}
