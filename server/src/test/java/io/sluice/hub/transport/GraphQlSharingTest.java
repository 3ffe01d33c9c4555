package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.graphql.GraphQlEngine;
import io.sluice.graphql.GraphQlEngine.Checked;
import io.sluice.graphql.GraphQlLimits;
import io.sluice.graphql.GraphQlRequest;
import io.sluice.graphql.GraphQlRequest.Parsed;
import io.sluice.graphql.Selection;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Who shares an execution with whom. */
final class GraphQlSharingTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final GraphQlEngine ENGINE = new GraphQlEngine(
            GraphQlSchema.build(), new GraphQlLimits(true, 16_384, 2_000, 16, 30, 20_000, Map.of(), 1 << 20));
    private static final String QUERY = "subscription Read($c: [String!]!, $after: String, $full: Boolean = false) {"
            + "messages(channels: $c, after: $after) {position ...Data @include(if: $full)}}"
            + " fragment Data on Publication {data}";

    @Test
    void allWhoSelectTheSameShareWhateverTheyFollowAndWherever() {
        var one = selection(QUERY, Map.of("c", new String[] {"a"}));
        var other = selection(QUERY, Map.of("c", new String[] {"b", "c"}, "after", "earliest"));

        assertThat(one.key()).isEqualTo(other.key());
    }

    @Test
    void whatTheSelectionDependsOnTellsThemApart() {
        var brief = selection(QUERY, Map.of("c", new String[] {"a"}, "full", false));
        var full = selection(QUERY, Map.of("c", new String[] {"a"}, "full", true));
        var another = selection(QUERY.replace("position", "event"), Map.of("c", new String[] {"a"}));

        assertThat(brief.key()).isNotEqualTo(full.key());
        assertThat(another.key()).isNotEqualTo(brief.key());
    }

    @Test
    void manyReadersWithManySelectionsAllGetWhatTheySelected() {
        try (var server = EdgeServer.inMemory()) {
            var sockets = new ArrayList<WebSocketClient>();
            // More selections than a publication keeps encodings of.
            for (int i = 0; i < 24; i++) {
                var socket = WebSocketClient.open(server, "/graphql", 0);
                sockets.add(socket);
                socket.send("{\"type\":\"connection_init\"}").next("connection_ack");
                socket.send("{\"id\":\"" + i + "\",\"type\":\"subscribe\",\"payload\":{\"query\":"
                        + "\"subscription {messages(channels: [\\\"many\\\"]) {a" + i % 12 + ": data}}\"}}");
                socket.next("next");
            }

            var api = new ApiClient(server);
            for (int n = 1; n <= 20; n++) {
                api.publish("many", Integer.toString(n));
            }

            for (int i = 0; i < sockets.size(); i++) {
                for (int n = 1; n <= 20; n++) {
                    assertThat(sockets.get(i).frame().text())
                            .isEqualTo(
                                    "{\"id\":\"" + i + "\",\"type\":\"next\",\"payload\":{\"data\":{\"messages\":{\"a"
                                            + i % 12 + "\":" + n + "}}}}");
                }
                sockets.get(i).close();
            }
        }
    }

    private static Selection selection(String query, Map<String, ?> variables) {
        var json = JSON.writeValueAsString(Map.of("query", query, "variables", variables));
        var parsed = GraphQlRequest.parse(json.getBytes(StandardCharsets.UTF_8), 1);
        var checked = ENGINE.check(((Parsed.One) parsed).request());
        assertThat(checked).isInstanceOf(Checked.Fit.class);
        return ENGINE.selection(((Checked.Fit) checked).operable());
    }
}
