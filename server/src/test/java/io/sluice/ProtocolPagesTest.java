package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.net.Clock;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Plays the transcripts of docs/protocol against a server: what the client is said to send ({@code >}) is sent, and what the
 * server is said to answer ({@code <}) must come. Epochs, times and names made at random differ and do not count.
 */
final class ProtocolPagesTest {
    private static final Path PAGES = Path.of("..", "docs", "protocol");
    private static final String NEWS_EPOCH = "15hinwrdszs8y";
    private static final Pattern BLOCK = Pattern.compile("```(?:http|json)\\n(.*?)```", Pattern.DOTALL);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void theCallsOfTheHttpPageAreAnsweredAsItSays() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            for (var transcript : transcripts("http.md")) {
                assertThat(answerTo(server, transcript)).contains(expected(transcript));
            }
        }
    }

    @Test
    void theRefusalOfTheErrorsPageIsGivenAsItSays() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            publish(server, "{\"text\":\"hello\"}");

            for (var transcript : transcripts("errors.md")) {
                assertThat(answerTo(server, transcript)).contains(expected(transcript));
            }
        }
    }

    @Test
    void theCallsOfTheWebhooksPageAreAnsweredAsItSays() throws Exception {
        var page = Files.readString(PAGES.resolve("webhooks.md"));
        var yaml = page.substring(page.indexOf("```yaml\n") + 8);

        try (var server = EdgeServer.configured(Clock.SYSTEM, yaml.substring(0, yaml.indexOf("```")))) {
            for (var transcript : transcripts("webhooks.md")) {
                assertThat(answerTo(server, transcript)).contains(expected(transcript));
            }
        }
    }

    @Test
    void theStreamOfTheEventsPageFlowsAsItSays() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            publish(server, "{\"text\":\"hello\"}");
            var transcript = transcripts("sse.md").getFirst();
            var expected = expected(transcript);

            try (var lines = client.send(request(server, transcript), HttpResponse.BodyHandlers.ofLines())
                    .body()) {
                var body = Stream.of(expected)
                        .filter(line -> line.matches("(retry|id|event|data): .*"))
                        .toList();
                var came = lines.filter(line -> !line.isEmpty())
                        .limit(body.size())
                        .map(ProtocolPagesTest::steady)
                        .toList();

                assertThat(came).isEqualTo(body);
            }
        }
    }

    @Test
    void theConversationsOfTheWebSocketPageGoAsItSays() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            publish(server, "{\"text\":\"hello\"}");
            var epoch = epochOfNews(server);
            var received = new LinkedBlockingQueue<String>();
            var uri = URI.create("ws" + server.uri("/v1/ws").toString().substring("http".length()));
            var socket = client.newWebSocketBuilder()
                    .subprotocols("sluice.v1.json")
                    .buildAsync(uri, new Receiver(received))
                    .get(10, TimeUnit.SECONDS);

            for (var transcript : transcripts("websocket.md")) {
                var answers = new ArrayList<String>();
                for (var line : transcript.lines().toList()) {
                    if (line.startsWith("> ")) {
                        socket.sendText(line.substring(2).replace(NEWS_EPOCH, epoch), true)
                                .get(10, TimeUnit.SECONDS);
                    } else {
                        answers.add(steady(String.valueOf(received.poll(10, TimeUnit.SECONDS))));
                    }
                }

                // A publication and the reply to its publish may come in either order.
                assertThat(answers).containsExactlyInAnyOrder(expected(transcript));
            }
            socket.abort();
        }
    }

    /** The blocks of a page in which a client speaks. */
    private static List<String> transcripts(String page) throws IOException {
        var transcripts = BLOCK.matcher(Files.readString(PAGES.resolve(page)))
                .results()
                .map(found -> found.group(1))
                .filter(block -> block.contains("> "))
                .toList();
        assertThat(transcripts).as("transcripts of " + page).isNotEmpty();
        return transcripts;
    }

    private static String[] expected(String transcript) {
        return transcript
                .lines()
                .filter(line -> line.startsWith("< "))
                .map(line -> steady(line.substring(2)))
                .toArray(String[]::new);
    }

    /** The lines of the real answer, head and body, as a transcript has them. */
    private List<String> answerTo(EdgeServer server, String transcript) throws Exception {
        var response = client.send(request(server, transcript), HttpResponse.BodyHandlers.ofString());
        var titles = List.of("Content-Type", "Location", "ETag", "Sluice-Position", "Retry-After");
        var reason = transcript
                .lines()
                .filter(line -> line.startsWith("< HTTP/1.1 " + response.statusCode()))
                .findFirst();
        var lines = new ArrayList<String>();
        lines.add(reason.map(line -> line.substring(2)).orElse("HTTP/1.1 " + response.statusCode()));
        for (var title : titles) {
            response.headers().firstValue(title).ifPresent(value -> lines.add(steady(title + ": " + value)));
        }
        lines.add(steady(response.body()));
        return lines;
    }

    private HttpRequest request(EdgeServer server, String transcript) throws Exception {
        var epoch = epochOfNews(server);
        var sent = transcript
                .lines()
                .filter(line -> line.startsWith(">"))
                .map(line -> line.substring(1).strip().replace(NEWS_EPOCH, epoch))
                .toList();
        var first = sent.getFirst().split(" ", -1);
        int blank = sent.indexOf("");
        var head = sent.subList(1, blank < 0 ? sent.size() : blank);
        var body = blank < 0 ? "" : sent.stream().skip(blank + 1).collect(Collectors.joining("\n"));
        var builder =
                ApiClient.requestTo(server.uri(first[1])).method(first[0], HttpRequest.BodyPublishers.ofString(body));
        for (var field : head) {
            var parts = field.split(": ", 2);
            builder.header(parts[0], parts[1]);
        }
        return builder.build();
    }

    private void publish(EdgeServer server, String json) throws Exception {
        var request = ApiClient.requestTo(server.uri("/v1/channels/news/messages"))
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        client.send(request, HttpResponse.BodyHandlers.discarding());
    }

    private String epochOfNews(EdgeServer server) throws Exception {
        var request = ApiClient.requestTo(server.uri("/v1/channels/news")).build();
        var body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        var newest = Pattern.compile("\"newest\":\"([0-9a-z]+)\\.").matcher(body);
        assertThat(newest.find()).as(body).isTrue();
        return newest.group(1);
    }

    private static String steady(String text) {
        return text.replaceAll("[0-9a-z]{9,13}\\.(\\d+)", "<position $1>")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "<time>")
                .replaceAll("\"(instance|session)\":\"[^\"]+\"", "\"$1\":\"...\"");
    }

    /** Collects whole text messages. */
    private static final class Receiver implements WebSocket.Listener {
        private final LinkedBlockingQueue<String> received;
        private final StringBuilder part = new StringBuilder();

        Receiver(LinkedBlockingQueue<String> received) {
            this.received = received;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                received.add(part.toString());
                part.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, data, last);
        }
    }
}
