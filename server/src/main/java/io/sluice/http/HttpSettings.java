package io.sluice.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits and timeouts of an HTTP server. What goes beyond a limit is refused with the named status.
 *
 * @param maxRequestLine bytes of method, target and version together; 414
 * @param maxHeaderBytes bytes of the whole head or of a trailer section; 431
 * @param maxFields header fields of one request; 431
 * @param maxQueryParameters query parameters of one request; 400
 * @param headerTimeout from a head's first byte to its end; 408
 * @param idleTimeout how long a connection may wait for its next request; it is closed
 * @param bodyTimeout how long a wanted request body may make no progress; 408
 * @param stallTimeout how long a peer may take nothing of a response that is ready for it; the connection or stream ends
 * @param maxConnections connections open at once; beyond it a new one gets a 503 and is closed, over TLS without the 503
 * @param maxConcurrentStreams HTTP/2 streams open at once on a connection; REFUSED_STREAM
 * @param goAwayGrace with a drain, between the first GOAWAY and the one that names the last stream
 * @param hsts the max-age that responses over TLS say (RFC 6797); null says nothing
 * @param cors which web origins may read responses
 * @param proxies which are believed when they say whose connection or request they hand on
 */
public record HttpSettings(
        int maxRequestLine,
        int maxHeaderBytes,
        int maxFields,
        int maxQueryParameters,
        Duration headerTimeout,
        Duration idleTimeout,
        Duration bodyTimeout,
        Duration stallTimeout,
        int maxConnections,
        int maxConcurrentStreams,
        Duration goAwayGrace,
        @Nullable Duration hsts,
        CorsSettings cors,
        Proxies proxies) {
    public HttpSettings() {
        this(
                8 << 10,
                32 << 10,
                100,
                1_000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                100_000,
                100,
                Duration.ofSeconds(1),
                null,
                new CorsSettings(),
                Proxies.NONE);
    }

    /** The same with other CORS rules. */
    public HttpSettings with(CorsSettings other) {
        return new HttpSettings(
                maxRequestLine,
                maxHeaderBytes,
                maxFields,
                maxQueryParameters,
                headerTimeout,
                idleTimeout,
                bodyTimeout,
                stallTimeout,
                maxConnections,
                maxConcurrentStreams,
                goAwayGrace,
                hsts,
                other,
                proxies);
    }

    /** The same with other timeouts: for tests. */
    public HttpSettings withTimeouts(Duration header, Duration idle, Duration body) {
        return new HttpSettings(
                maxRequestLine,
                maxHeaderBytes,
                maxFields,
                maxQueryParameters,
                header,
                idle,
                body,
                stallTimeout,
                maxConnections,
                maxConcurrentStreams,
                goAwayGrace,
                hsts,
                cors,
                proxies);
    }

    /** The same behind other proxies: for tests. */
    public HttpSettings behind(Proxies others) {
        return new HttpSettings(
                maxRequestLine,
                maxHeaderBytes,
                maxFields,
                maxQueryParameters,
                headerTimeout,
                idleTimeout,
                bodyTimeout,
                stallTimeout,
                maxConnections,
                maxConcurrentStreams,
                goAwayGrace,
                hsts,
                cors,
                others);
    }

    /** The same with another bound on connections: for tests. */
    public HttpSettings withConnections(int most) {
        return new HttpSettings(
                maxRequestLine,
                maxHeaderBytes,
                maxFields,
                maxQueryParameters,
                headerTimeout,
                idleTimeout,
                bodyTimeout,
                stallTimeout,
                most,
                maxConcurrentStreams,
                goAwayGrace,
                hsts,
                cors,
                proxies);
    }
}
