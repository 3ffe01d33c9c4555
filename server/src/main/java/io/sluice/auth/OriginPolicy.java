package io.sluice.auth;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may act with a browser's cookies or open a WebSocket: those of the listed origins; with none listed, those
 * of the server's own origin. Thread-safe.
 *
 * <p>Same origin means that {@code Origin} names the host and port of {@code Host}. Behind a proxy that ends TLS the origin
 * may say https where the connection does not; the other way round is refused.
 */
public final class OriginPolicy {
    private final Supplier<List<String>> listed;

    /** @param listed gives origins such as {@code https://app.example}, compared exactly; asked each time, since they may change */
    public OriginPolicy(Supplier<List<String>> listed) {
        this.listed = listed;
    }

    /** Null when the request comes from no page at all, or from one that may act; else why not. For WebSocket handshakes. */
    public @Nullable Problem refusal(HttpExchange exchange) {
        var origin = exchange.headers().get(HttpHeaderNames.ORIGIN);
        if (origin == null || allows(origin, exchange.headers().get(HttpHeaderNames.HOST), exchange.secure())) {
            return null;
        }
        return Problem.of(
                ClientError.ORIGIN_REFUSED,
                "this page's origin is not among edge.allowed_origins nor the server's own");
    }

    /** True when an allowed page is known to have made the request: what a cookie needs, since browsers add it unasked. */
    boolean vouchesFor(HttpExchange exchange) {
        var origin = exchange.headers().get(HttpHeaderNames.ORIGIN);
        if (origin == null) {
            // Browsers leave Origin away on same-origin GET, but say so here (W3C Fetch Metadata); pages cannot forge
            // it.
            return "same-origin".equals(exchange.headers().get("sec-fetch-site"));
        }
        return allows(origin, exchange.headers().get(HttpHeaderNames.HOST), exchange.secure());
    }

    boolean allows(String origin, @Nullable String host, boolean secure) {
        var some = listed.get();
        return some.isEmpty() ? isSame(origin, host, secure) : some.contains(origin);
    }

    private static boolean isSame(String origin, @Nullable String host, boolean secure) {
        boolean https = origin.startsWith("https://");
        if (host == null || (!https && !origin.startsWith("http://")) || (secure && !https)) {
            return false;
        }
        var own = authority((https ? "https://" : "http://") + host);
        return own != null && own.equals(authority(origin));
    }

    /** Host in lower case and port, the scheme's own where none is given; null when there is none. */
    private static @Nullable String authority(String origin) {
        try {
            var uri = URI.create(origin);
            if (uri.getHost() == null) {
                return null;
            }
            int port = uri.getPort() >= 0 ? uri.getPort() : origin.startsWith("https") ? 443 : 80;
            return uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
