package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.WebSocketClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Plays the transcripts of docs/protocol/graphql.md against a server, one after the other: what the client is said to send is
 * sent, and what the server is said to answer must come. Epochs do not count.
 */
final class GraphQlPageTest {
    private static final Path PAGE = Path.of("..", "docs", "protocol", "graphql.md");
    private static final Pattern BLOCK = Pattern.compile("```(?:http|json)\\n(.*?)```", Pattern.DOTALL);
    private static final String NEWS_EPOCH = "15hinwrdszs8y";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void theTranscriptsOfTheGraphQlPageGoAsItSays() throws Exception {
        var transcripts = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1).lines().toList())
                .toList();
        assertThat(transcripts).hasSizeGreaterThan(6);

        try (var server = EdgeServer.inMemory()) {
            for (var transcript : transcripts) {
                if (transcript.getFirst().startsWith("> {")) {
                    converse(server, transcript);
                } else {
                    var expected = said(transcript, "<").stream()
                            .map(GraphQlPageTest::steady)
                            .toList();
                    assertThat(answer(server, transcript)).isEqualTo(expected);
                }
            }
        }
    }

    private List<String> answer(EdgeServer server, List<String> transcript) throws IOException, InterruptedException {
        int lines = said(transcript, "<").size();
        var response = client.send(request(server, transcript), HttpResponse.BodyHandlers.ofLines());
        var reason = response.statusCode() == 200 ? "OK" : "Bad Request";
        var answer = new ArrayList<String>();
        answer.add("HTTP/1.1 " + response.statusCode() + " " + reason);
        answer.add(
                "Content-Type: " + response.headers().firstValue("content-type").orElse(""));
        answer.add("");
        try (var body = response.body()) {
            body.limit(lines - answer.size()).map(GraphQlPageTest::steady).forEach(answer::add);
        }
        return answer;
    }

    private static HttpRequest request(EdgeServer server, List<String> transcript) {
        var sent = said(transcript, ">").stream()
                .map(line -> line.replace(NEWS_EPOCH, epoch(server)))
                .toList();
        int blank = sent.indexOf("");
        var target = sent.getFirst().split(" ", -1);
        var body = blank < 0 ? "" : sent.stream().skip(blank + 1).collect(Collectors.joining("\n"));
        var request =
                ApiClient.requestTo(server.uri(target[1])).method(target[0], HttpRequest.BodyPublishers.ofString(body));
        for (var field : sent.subList(1, blank < 0 ? sent.size() : blank)) {
            var parts = field.split(": ", 2);
            request.header(parts[0], parts[1]);
        }
        return request.build();
    }

    private static void converse(EdgeServer server, List<String> transcript) {
        try (var socket = WebSocketClient.open(server, "/graphql", 0)) {
            for (var line : transcript) {
                if (line.startsWith("> ")) {
                    socket.send(line.substring(2).replace(NEWS_EPOCH, epoch(server)));
                } else {
                    assertThat(steady(socket.frame().text())).isEqualTo(steady(line.substring(2)));
                }
            }
        }
    }

    private static String epoch(EdgeServer server) {
        var newest = new ApiClient(server)
                .get("/v1/channels/news")
                .json()
                .path("newest")
                .asString();
        return newest.substring(0, newest.indexOf('.'));
    }

    private static List<String> said(List<String> transcript, String speaker) {
        return transcript.stream()
                .filter(line -> line.startsWith(speaker))
                .map(line -> line.substring(speaker.length()).strip())
                .toList();
    }

    private static String steady(String text) {
        return text.replaceAll("[0-9a-z]{9,13}\\.(\\d+)", "<position $1>");
    }
}
