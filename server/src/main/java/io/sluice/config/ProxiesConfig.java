package io.sluice.config;

import java.util.List;

/**
 * The proxies and balancers in front of the edge that are believed when they say whose connection or request they hand on. What
 * anybody else says of that is never looked at.
 *
 * @param trusted networks of proxies; their own addresses have no limits by address
 * @param proxyProtocol whether each connection of theirs begins with a PROXY header, version 1 or 2, before TLS and HTTP; one
 *     without is closed. Others connect as they do without a proxy
 * @param header which field of their requests names the client: {@code x_forwarded_for}, or {@code forwarded} (RFC 7239). The proxy
 *     must write that one; the other is not looked at. From the right, the first address that is not trusted counts
 */
public record ProxiesConfig(List<Network> trusted, boolean proxyProtocol, Header header) {
    /** Which field of a request names the client. */
    public enum Header {
        X_FORWARDED_FOR,
        FORWARDED,
        NONE
    }

    public ProxiesConfig() {
        this(List.of(), false, Header.X_FORWARDED_FOR);
    }

    public ProxiesConfig {
        trusted = List.copyOf(trusted);
        if (proxyProtocol && trusted.isEmpty()) {
            throw new IllegalArgumentException(
                    "proxy_protocol: needs trusted, which says whose connections begin with a PROXY header");
        }
    }
}
