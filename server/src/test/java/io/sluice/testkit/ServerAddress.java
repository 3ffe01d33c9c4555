package io.sluice.testkit;

import java.net.URI;

/** Where a test's client finds a server, and as whom it comes. */
public interface ServerAddress {
    /** The edge listener's address followed by {@code path}. */
    URI uri(String path);

    /** What the client shows as {@code Authorization: Bearer}; empty when it shows nothing. */
    default String token() {
        return "";
    }

    default int port() {
        return uri("/").getPort();
    }

    /** The same server for somebody who shows this token. */
    default ServerAddress as(String token) {
        var server = this;
        return new ServerAddress() {
            @Override
            public URI uri(String path) {
                return server.uri(path);
            }

            @Override
            public String token() {
                return token;
            }
        };
    }

    /** The field of a request in HTTP/1.1 that shows the token, with its line end; empty when there is none. */
    default String authorization() {
        return token().isEmpty() ? "" : "Authorization: Bearer " + token() + "\r\n";
    }
}
