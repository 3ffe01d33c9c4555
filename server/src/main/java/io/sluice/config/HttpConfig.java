package io.sluice.config;

import java.time.Duration;

/**
 * Limits of HTTP/1.1 and HTTP/2.
 *
 * @param maxRequestLine the longest request line; beyond it 414
 * @param maxHeaderSize all header fields of a request together; beyond it 431
 * @param headerTimeout how long a request's head may take to arrive; beyond it 408
 * @param idleTimeout how long a connection may stay open without a request
 * @param bodyTimeout how long a wanted request body may make no progress; beyond it 408
 * @param stallTimeout how long a client may take nothing of a response that is ready for it; beyond it the connection, or the
 *     HTTP/2 stream, ends
 * @param maxConcurrentStreams how many streams an HTTP/2 connection may have open
 */
public record HttpConfig(
        DataSize maxRequestLine,
        DataSize maxHeaderSize,
        Duration headerTimeout,
        Duration idleTimeout,
        Duration bodyTimeout,
        Duration stallTimeout,
        int maxConcurrentStreams) {

    public HttpConfig() {
        this(
                DataSize.kib(8),
                DataSize.kib(16),
                Duration.ofSeconds(10),
                Duration.ofSeconds(75),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                100);
    }

    public HttpConfig {
        require(within(maxRequestLine, 256, 1 << 20), "max_request_line: must be 256 bytes to 1MiB");
        require(within(maxHeaderSize, 1024, 1 << 20), "max_header_size: must be 1KiB to 1MiB");
        require(headerTimeout.isPositive(), "header_timeout: must be positive");
        require(idleTimeout.isPositive(), "idle_timeout: must be positive");
        require(bodyTimeout.isPositive(), "body_timeout: must be positive");
        require(stallTimeout.isPositive(), "stall_timeout: must be positive");
        require(
                maxConcurrentStreams >= 1 && maxConcurrentStreams <= 100_000,
                "max_concurrent_streams: must be 1 to 100000");
    }

    /** The same with other patience for slow heads and stalled readers: for programs and tests. */
    public HttpConfig patient(Duration header, Duration stall) {
        return new HttpConfig(
                maxRequestLine, maxHeaderSize, header, idleTimeout, bodyTimeout, stall, maxConcurrentStreams);
    }

    private static boolean within(DataSize size, long least, long most) {
        return size.bytes() >= least && size.bytes() <= most;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
