package io.sluice.conformance;

/**
 * The test suites that others wrote and ours must pass. Each is run by a test, which holds the numbers given here to what the
 * suite said; docs/reference/conformance.md is generated from them.
 */
public enum Suite {
    AUTOBAHN(
            "Autobahn WebSocket test suite 0.5.6",
            "`/v1/echo`, HTTP/1.1",
            247,
            243,
            "7.1.6, 7.13.1 and 7.13.2 are looked at only. 6.4.1 to 6.4.4 are non-strict: text that turns out not to be UTF-8 is refused with 1007 when its message is "
                    + "complete, not within it. All 301 with `-Dsluice.autobahn=all`; without it the 54 of group 9, which "
                    + "send up to 16 MiB for minutes, are left out. Its groups 12 and 13 are not in the version that can be had",
            "io.sluice.conformance.AutobahnTest",
            "everyMandatoryCasePasses"),
    DEFLATE(
            "permessage-deflate, own cases after Autobahn's groups 12 and 13",
            "`/v1/echo`, played by the client of npm's ws 8.23.0",
            8,
            8,
            "each case one way to offer the extension, with 36 messages of up to 128 KiB",
            "io.sluice.conformance.ClientsTest",
            "wsEchoesThroughEveryOfferOfCompression"),
    H2SPEC(
            "h2spec 2.2.0, `--strict`",
            "HTTP/2 and HPACK in clear text",
            146,
            146,
            "",
            "io.sluice.http.H2SpecTest",
            "everyCasePasses"),
    GRAPHQL_HTTP(
            "graphql-http 1.23.1, its audits of GraphQL over HTTP",
            "`/graphql`",
            61,
            61,
            "",
            "io.sluice.hub.transport.GraphQlPeersTest",
            "everyAuditOfGraphqlOverHttpPasses"),
    GRPC_INTEROP(
            "grpc-java 1.79.0, its interoperability tests",
            "its service on our gRPC server, its client",
            36,
            36,
            "two more need the server in the client's process, and are left out by grpc-java itself",
            "io.sluice.grpc.GrpcInteropTest",
            "everyCaseThatAServerElsewhereCanPassPasses");

    private final String title;
    private final String on;
    private final int cases;
    private final int passed;
    private final String otherwise;
    private final String test;
    private final String method;

    Suite(String title, String on, int cases, int passed, String otherwise, String test, String method) {
        this.title = title;
        this.on = on;
        this.cases = cases;
        this.passed = passed;
        this.otherwise = otherwise;
        this.test = test;
        this.method = method;
    }

    public String title() {
        return title;
    }

    /** What it is played against. */
    public String on() {
        return on;
    }

    /** How many cases each test run plays. */
    public int cases() {
        return cases;
    }

    /** How many of them pass without a word. */
    public int passed() {
        return passed;
    }

    /** What there is to say of the others, or nothing. */
    public String otherwise() {
        return otherwise;
    }

    /** The class that plays it. */
    public String test() {
        return test;
    }

    public String method() {
        return method;
    }
}
