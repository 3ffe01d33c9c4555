package io.sluice.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.OriginPolicy;
import io.sluice.config.Config;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of elsewhere away from a listener that asks nobody for a token: a browser on this machine reaches loopback
 * addresses for every page that it shows. Thread-safe.
 *
 * <p>A name that leads here by somebody else's DNS (DNS rebinding) would make that somebody's page the listener's own: so
 * {@code Host} must be a loopback address or {@code localhost}. What another origin's page asks for is refused by its {@code
 * Origin}, and by what browsers say where they leave that away (W3C Fetch Metadata), unless it is a link that was followed.
 */
public final class OwnOrigin implements HttpRoutes.Guard {
    private final OriginPolicy same = new OriginPolicy(List::of);

    @Override
    public @Nullable Problem refusal(HttpExchange exchange) {
        var host = exchange.headers().get(HttpHeaderNames.HOST);
        if (host != null && !Config.isLoopback(name(host))) {
            return Problem.of(
                    ClientError.ORIGIN_REFUSED, "the admin listener goes by localhost and loopback addresses only");
        }
        if (isForeign(exchange)) {
            return Problem.of(ClientError.ORIGIN_REFUSED, "the admin listener serves no pages but its own");
        }
        return same.refusal(exchange);
    }

    private static boolean isForeign(HttpExchange exchange) {
        var site = exchange.headers().get("sec-fetch-site");
        boolean foreign = site != null && !site.equals("same-origin") && !site.equals("none");
        boolean link = "navigate".equals(exchange.headers().get("sec-fetch-mode"))
                && exchange.method().equals("GET");
        return foreign && !link;
    }

    /** The host without its port, and without the brackets of IPv6. */
    private static String name(String host) {
        int end = host.startsWith("[") ? host.indexOf(']') : host.indexOf(':');
        var name = end < 0 ? host : host.substring(0, end);
        return (name.startsWith("[") ? name.substring(1) : name).toLowerCase(Locale.ROOT);
    }
}
