package io.sluice.config;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The edge listener: where clients arrive.
 *
 * @param host the address to bind: an IP literal or {@code localhost}; {@code 0.0.0.0} and {@code ::} mean every interface
 * @param port the TCP port, 0 to 65535; 0 takes a free one and prints it
 * @param tls the certificate; without it the listener speaks cleartext
 * @param allowedOrigins web origins ({@code https://app.example}) that may use WebSocket, cookies and CORS; with none
 *     configured only the same origin may
 * @param http limits of HTTP/1.1 and HTTP/2
 * @param websocket settings of WebSocket
 * @param graphql limits of GraphQL
 * @param proxies which proxies are believed when they say whose connection or request they hand on
 * @param maxConnections how many connections may be open at once; beyond it new ones get a 503 with Retry-After
 *     and are closed; over TLS they are closed before the handshake
 * @param drainDelay how long readiness fails before the listener closes and clients are asked to go, so that balancers
 *     send no more
 * @param drainGrace how long a drain may take before what is left is cut
 * @param transport which kernel interface carries the sockets; {@code auto} takes the best that works here
 * @param loops how many event loops; 0 means one per processor
 * @param demo serves the demo page and {@code /v1/echo}; on a loopback address only
 */
public record EdgeConfig(
        String host,
        int port,
        @Nullable TlsConfig tls,
        List<String> allowedOrigins,
        HttpConfig http,
        WebSocketConfig websocket,
        GraphQlConfig graphql,
        ProxiesConfig proxies,
        int maxConnections,
        Duration drainDelay,
        Duration drainGrace,
        Transport transport,
        int loops,
        boolean demo) {
    private static final Pattern ORIGIN =
            Pattern.compile("https?://[a-z0-9.-]+(:\\d{1,5})?|https?://\\[[0-9a-f:]+](:\\d{1,5})?");

    /** Which kernel interface carries the sockets. */
    public enum Transport {
        /** The best that works here. */
        AUTO,
        EPOLL,
        IO_URING,
        /** The JDK's own: everywhere. */
        NIO
    }

    public EdgeConfig() {
        this(
                "127.0.0.1",
                8080,
                null,
                List.of(),
                new HttpConfig(),
                new WebSocketConfig(),
                new GraphQlConfig(),
                new ProxiesConfig(),
                100_000,
                Duration.ofSeconds(2),
                Duration.ofSeconds(25),
                Transport.AUTO,
                0,
                false);
    }

    public EdgeConfig {
        allowedOrigins = List.copyOf(allowedOrigins);
        require(!host.isBlank(), "host: must not be empty");
        require(port >= 0 && port <= 65_535, "port: must be 0 to 65535, not " + port);
        for (var origin : allowedOrigins) {
            require(
                    ORIGIN.matcher(origin).matches(),
                    "allowed_origins: must be origins such as https://app.example in lower case, not '" + origin + "'");
        }
        require(maxConnections >= 1, "max_connections: must be at least 1");
        require(
                !drainGrace.isNegative() && drainGrace.compareTo(Duration.ofHours(1)) <= 0,
                "drain_grace: must be 0s to 1h");
        require(
                !drainDelay.isNegative() && drainDelay.compareTo(Duration.ofMinutes(5)) <= 0,
                "drain_delay: must be 0s to 5m");
        require(loops >= 0 && loops <= 1024, "loops: must be 0 to 1024");
    }

    /** The same at another address: for programs and tests. */
    public EdgeConfig at(String otherHost, int otherPort) {
        return new EdgeConfig(
                otherHost,
                otherPort,
                tls,
                allowedOrigins,
                http,
                websocket,
                graphql,
                proxies,
                maxConnections,
                drainDelay,
                drainGrace,
                transport,
                loops,
                demo);
    }

    /** The same with another certificate, or with none. */
    public EdgeConfig with(@Nullable TlsConfig otherTls) {
        return new EdgeConfig(
                host,
                port,
                otherTls,
                allowedOrigins,
                http,
                websocket,
                graphql,
                proxies,
                maxConnections,
                drainDelay,
                drainGrace,
                transport,
                loops,
                demo);
    }

    /** The same with other HTTP limits: for programs and tests. */
    public EdgeConfig with(HttpConfig otherHttp) {
        return new EdgeConfig(
                host,
                port,
                tls,
                allowedOrigins,
                otherHttp,
                websocket,
                graphql,
                proxies,
                maxConnections,
                drainDelay,
                drainGrace,
                transport,
                loops,
                demo);
    }

    /** The same with other WebSocket settings: for programs and tests. */
    public EdgeConfig with(WebSocketConfig otherWebsocket) {
        return new EdgeConfig(
                host,
                port,
                tls,
                allowedOrigins,
                http,
                otherWebsocket,
                graphql,
                proxies,
                maxConnections,
                drainDelay,
                drainGrace,
                transport,
                loops,
                demo);
    }

    /** The same behind other proxies: for programs and tests. */
    public EdgeConfig behind(ProxiesConfig otherProxies) {
        return new EdgeConfig(
                host,
                port,
                tls,
                allowedOrigins,
                http,
                websocket,
                graphql,
                otherProxies,
                maxConnections,
                drainDelay,
                drainGrace,
                transport,
                loops,
                demo);
    }

    /** The same with other origins: for programs and tests. */
    public EdgeConfig allowing(List<String> origins) {
        return new EdgeConfig(
                host,
                port,
                tls,
                origins,
                http,
                websocket,
                graphql,
                proxies,
                maxConnections,
                drainDelay,
                drainGrace,
                transport,
                loops,
                demo);
    }

    /** The same on other event loops: for programs and tests. */
    public EdgeConfig on(Transport otherTransport, int otherLoops) {
        return new EdgeConfig(
                host,
                port,
                tls,
                allowedOrigins,
                http,
                websocket,
                graphql,
                proxies,
                maxConnections,
                drainDelay,
                drainGrace,
                otherTransport,
                otherLoops,
                demo);
    }

    /** The same with another drain: for the demo, programs and tests. */
    public EdgeConfig draining(Duration delay, Duration grace) {
        return new EdgeConfig(
                host,
                port,
                tls,
                allowedOrigins,
                http,
                websocket,
                graphql,
                proxies,
                maxConnections,
                delay,
                grace,
                transport,
                loops,
                demo);
    }

    /** The same with the demo's pages and echo. */
    public EdgeConfig demonstrating() {
        return new EdgeConfig(
                host,
                port,
                tls,
                allowedOrigins,
                http,
                websocket,
                graphql,
                proxies,
                maxConnections,
                drainDelay,
                drainGrace,
                transport,
                loops,
                true);
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
