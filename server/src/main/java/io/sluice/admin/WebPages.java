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

/** Serves pages that ship in the jar: read once at start, then from memory. */
public final class WebPages {
    private static final String INDEX = "index.html";

    private final Map<String, byte[]> files = new HashMap<>();
    private final String policy;

    /**
     * @param names the files below the jar's {@code web/} folder
     * @param optional further ones, which may not be there
     * @param policy the content security policy of all of them
     */
    public WebPages(List<String> names, List<String> optional, String policy) {
        this.policy = policy;
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

    /** Serves each file under its name, and an {@code index.html} as its folder too. */
    public void addTo(HttpRoutes routes) {
        for (var name : files.keySet()) {
            var preloads = name.endsWith(".html") ? ModuleGraph.preloads(name, files) : "";
            routes.add("GET", "/" + name, exchange -> serve(exchange, name, preloads));
            if (name.endsWith(INDEX)) {
                var folder = name.substring(0, name.length() - INDEX.length());
                routes.add("GET", "/" + folder, exchange -> serve(exchange, name, preloads));
            }
        }
    }

    private void serve(HttpExchange exchange, String name, String preloads) {
        var bytes = files.get(name);
        if (bytes == null) {
            exchange.refuse(Problem.of(ClientError.NOT_FOUND, "no such page"));
            return;
        }
        exchange.responseHeaders()
                .set(HttpHeaderNames.CONTENT_TYPE, type(name))
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .set("x-content-type-options", "nosniff")
                .set("referrer-policy", "same-origin")
                .set("content-security-policy", policy);
        if (!preloads.isEmpty()) {
            exchange.responseHeaders().set("link", preloads);
        }
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
