package io.sluice.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.config.Network;
import io.sluice.config.ProxiesConfig;
import io.sluice.net.IpLiteral;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which proxies are believed, and what they say of a request: here, and nowhere else, it is settled whose a request is.
 *
 * <p>The walk begins at the connection's address. As long as an address is of a trusted proxy, the next one counts that this proxy
 * has written: from the right, since each proxy appends, and since only what a trusted one wrote is worth more than a claim. What is
 * no address ends the walk at the proxy that wrote it. Thread-safe.
 */
public final class Proxies {
    /** Nobody is believed. */
    public static final Proxies NONE = new Proxies(new ProxiesConfig());

    /** Proxies behind each other; further ones are not looked for. */
    private static final int MAX_HOPS = 16;

    private final List<Network.Block> trusted;
    private final boolean proxyProtocol;
    private final ProxiesConfig.Header header;

    public Proxies(ProxiesConfig config) {
        this.trusted = config.trusted().stream().map(Network::block).toList();
        this.proxyProtocol = config.proxyProtocol();
        this.header = config.header();
    }

    /** True when {@code socket} is to begin with a PROXY header. */
    boolean introduce(Channel socket) {
        return proxyProtocol
                && socket.remoteAddress() instanceof InetSocketAddress remote
                && isTrusted(remote.getAddress());
    }

    /** Whose the request with these fields is, on a connection of {@code connection}. */
    InetSocketAddress client(InetSocketAddress connection, HttpHeaders fields) {
        if (trusted.isEmpty() || header == ProxiesConfig.Header.NONE || !isTrusted(connection.getAddress())) {
            return connection;
        }
        var lines = fields.getAll(header == ProxiesConfig.Header.FORWARDED ? "forwarded" : "x-forwarded-for");
        var client = connection;
        int hops = 0;
        for (var line : lines.reversed()) {
            // Also within quotes: no address holds a comma, and a quote that a client left open must not hide what
            // follows.
            for (int end = line.length(), comma; end >= 0; end = comma) {
                comma = line.lastIndexOf(',', end - 1);
                var told = node(line.substring(comma + 1, end).strip());
                if (told == null) {
                    return client;
                }
                client = told;
                if (++hops == MAX_HOPS || !isTrusted(told.getAddress())) {
                    return client;
                }
            }
        }
        return client;
    }

    private boolean isTrusted(InetAddress address) {
        var bytes = address.getAddress();
        for (var network : trusted) {
            if (network.contains(bytes)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable InetSocketAddress node(String element) {
        return header == ProxiesConfig.Header.FORWARDED ? forwarded(element) : address(element);
    }

    /** One element of {@code Forwarded}: pairs of which one is {@code for} (RFC 7239 section 4). */
    private static @Nullable InetSocketAddress forwarded(String element) {
        for (var pair : element.split(";", -1)) {
            var stripped = pair.strip();
            if (stripped.toLowerCase(Locale.ROOT).startsWith("for=")) {
                var value = stripped.substring(4);
                boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
                return address(quoted ? value.substring(1, value.length() - 1) : value);
            }
        }
        return null;
    }

    /** An address, with a port or without: {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1}, {@code [2001:db8::1]:80}. */
    private static @Nullable InetSocketAddress address(String text) {
        int bracket = text.startsWith("[") ? text.indexOf(']') : -1;
        int colon = bracket > 0 ? bracket + 1 : text.indexOf(':');
        boolean bare = bracket < 0 && colon != text.lastIndexOf(':');
        var host = bare ? text : bracket > 0 ? text.substring(1, bracket) : colon < 0 ? text : text.substring(0, colon);
        int port = 0;
        if (!bare && colon >= 0 && colon < text.length()) {
            port = text.charAt(colon) == ':' ? IpLiteral.port(text.substring(colon + 1)) : -1;
        }
        var address = port < 0 ? null : IpLiteral.parse(host);
        return address == null ? null : new InetSocketAddress(address, port);
    }
}
