package io.sluice.conformance;

import java.util.List;

/**
 * A client that others wrote, unmodified, and the test that plays it.
 *
 * @param name with its version
 * @param does what the test has it do
 * @param test the class
 */
record Peer(String name, String does, String test, String method) {
    private static final String HTTP = "io.sluice.http.HttpVersionsTest";
    private static final String GRAPHQL = "io.sluice.hub.transport.GraphQlPeersTest";
    private static final String GRPC = "io.sluice.hub.transport.GrpcPeersTest";

    static final List<Peer> ALL = List.of(
            new Peer(
                    "curl of the machine",
                    "HTTP/2 by prior knowledge and by upgrade",
                    HTTP,
                    "servesCurlByPriorKnowledgeAndByUpgrade"),
            new Peer(
                    "the JDK's HttpClient",
                    "begins with HTTP/1.1 and goes on with HTTP/2",
                    HTTP,
                    "upgradesTheJdkClientToHttp2AndStaysThere"),
            new Peer(
                    "ws 8.23.0",
                    "compressed messages, whatever it offers",
                    ClientsTest.class.getName(),
                    "wsEchoesThroughEveryOfferOfCompression"),
            new Peer(
                    "eventsource 4.1.0",
                    "follows a channel, and goes on by `Last-Event-ID` when it was cut off",
                    ClientsTest.class.getName(),
                    "eventsourceFollowsAndGoesOnWhereItWasCutOff"),
            new Peer(
                    "graphql-ws 6.4.2",
                    "subscribes, publishes, resumes, is refused",
                    GRAPHQL,
                    "graphqlWsFollowsPublishesAndComesBack"),
            new Peer(
                    "graphql-sse 2.6.1",
                    "subscribes, publishes, resumes, is refused",
                    GRAPHQL,
                    "graphqlSseFollowsPublishesAndComesBack"),
            new Peer(
                    "Apollo Client 4.3.8",
                    "queries, publishes, follows, persisted queries",
                    GRAPHQL,
                    "apolloClientQueriesPublishesFollowsAndPersists"),
            new Peer(
                    "@grpc/grpc-js 1.14.7",
                    "publishes, follows, is refused with details, checks health",
                    GRPC,
                    "grpcJsPublishesFollowsAndChecksHealth"),
            new Peer(
                    "Connect 2.1.2",
                    "gRPC-Web over HTTP/1.1 and HTTP/2, and gRPC",
                    GRPC,
                    "connectSpeaksGrpcWebOverHttp1AndHttp2AndGrpc"),
            new Peer(
                    "standardwebhooks 1.1.1 for Node",
                    "verifies deliveries, signs what comes in",
                    "io.sluice.hub.transport.WebhookPeersTest",
                    "theLibraryForNodeVerifiesDeliveriesAndSignsAHook"));
}
