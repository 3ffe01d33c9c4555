package io.sluice.admin;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Serves the pages that ship in the jar: read once at start, then from memory. */
public final class WebPages {
    private static final String POLICY = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Map<String, byte[]> files = new HashMap<>();

    /**
     * @param names the files below the jar's {@code web/} folder
     * @param optional further ones, which may not be there
     */
    public WebPages(List<String> names, List<String> optional) {
        for (var name : names) {
            if (!read(name)) {
                throw new IllegalStateException("web/" + name + " is not in the jar");
            }
        }
        optional.forEach(this::read);
    }

    private boolean read(String name) {
        try (var in = WebPages.class.getResourceAsStream("/web/" + name)) {
            if (in == null) {
                return false;
            }
            files.put(name, in.readAllBytes());
            return true;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Serves each file under its name, and {@code index.html} as {@code /} too. */
    public void addTo(HttpRoutes routes) {
        for (var name : files.keySet()) {
            routes.add("GET", "/" + name, exchange -> serve(exchange, name));
        }
        if (files.containsKey("index.html")) {
            routes.add("GET", "/", exchange -> serve(exchange, "index.html"));
        }
    }

    private void serve(HttpExchange exchange, String name) {
        var bytes = files.get(name);
        if (bytes == null) {
            exchange.refuse(Problem.of(ClientError.NOT_FOUND, "no such page"));
            return;
        }
        exchange.responseHeaders()
                .set(HttpHeaderNames.CONTENT_TYPE, type(name))
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .set("x-content-type-options", "nosniff")
                .set("content-security-policy", POLICY);
        exchange.respond(200, Unpooled.wrappedBuffer(bytes));
    }

    private static String type(String name) {
        var ending = name.substring(name.lastIndexOf('.') + 1);
        return switch (ending) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            case "png" -> "image/png";
            default -> "application/octet-stream";
        };
    }
}
