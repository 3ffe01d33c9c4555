package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.conformance.Suite;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.NodePeer;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The clients that others write, unmodified: graphql-ws, graphql-sse, Apollo Client, and the audits of graphql-http. */
final class GraphQlPeersTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static NodePeer node;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        node = NodePeer.with(
                "graphql@16.15.0",
                "graphql-ws@6.4.2",
                "graphql-sse@2.6.1",
                "graphql-http@1.23.1",
                "@apollo/client@4.3.8",
                "rxjs@7.8.2",
                "ws@8.23.0");
    }

    @Test
    void graphqlWsFollowsPublishesAndComesBack() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            var lines = node.run("graphql-ws.mjs", "127.0.0.1:" + server.port());

            assertThat(lines)
                    .containsExactly(
                            "{\"start\":true}",
                            "{\"message\":\"one\"}",
                            "{\"message\":{\"two\":2}}",
                            "{\"again\":\"one\"}",
                            "{\"refused\":\"bad-channel\"}",
                            "{\"pongs\":true}");
        }
    }

    @Test
    void graphqlSseFollowsPublishesAndComesBack() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            var lines = node.run("graphql-sse.mjs", "127.0.0.1:" + server.port());

            assertThat(lines)
                    .containsExactly(
                            "{\"start\":true}",
                            "{\"message\":\"one\"}",
                            "{\"message\":{\"two\":2}}",
                            "{\"again\":\"one\"}",
                            "{\"invalid\":\"bad-request\"}",
                            "{\"refused\":\"bad-channel\"}");
        }
    }

    @Test
    void apolloClientQueriesPublishesFollowsAndPersists() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            var lines = node.run("graphql-apollo.mjs", "127.0.0.1:" + server.port());

            assertThat(lines)
                    .containsExactlyInAnyOrder(
                            "{\"start\":true}",
                            "{\"published\":true}",
                            "{\"message\":{\"text\":\"hello\"}}",
                            "{\"history\":[\"hello\"],\"asked\":[\"GET\",\"POST\"]}",
                            "{\"history\":[\"hello\"],\"asked\":[\"GET\"]}");
        }
    }

    @Test
    void everyAuditOfGraphqlOverHttpPasses() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            var audits = node.run("graphql-audits.mjs", server.uri("/graphql").toString());

            var failed = new ArrayList<String>();
            for (var audit : audits) {
                if (!JSON.readTree(audit).path("status").asString().equals("ok")) {
                    failed.add(audit);
                }
            }
            assertThat(failed).isEmpty();
            assertThat(audits).hasSize(Suite.GRAPHQL_HTTP.cases());
        }
    }
}
