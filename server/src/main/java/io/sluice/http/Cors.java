package io.sluice.http;

/** Answers browsers that ask across origins (Fetch standard, CORS protocol). */
final class Cors {
    private static final String EXPOSED =
            "Sluice-Position, ETag, Location, Retry-After, Idempotency-Replayed, X-Request-Id";
    private static final String MAX_AGE_SECONDS = "7200";

    private final CorsSettings settings;

    Cors(CorsSettings settings) {
        this.settings = settings;
    }

    /** Marks the response as readable by the request's origin, where that is allowed. */
    boolean allow(HttpExchange exchange) {
        var allowed = settings.allowedOrigins().get();
        if (allowed.isEmpty()) {
            return false;
        }
        var fields = exchange.responseHeaders();
        boolean listed = false;
        var origin = exchange.headers().get("origin");
        if (allowed.contains("*")) {
            fields.set("access-control-allow-origin", "*");
            listed = origin != null;
        } else {
            fields.add("vary", "Origin");
            if (origin != null && allowed.contains(origin)) {
                fields.set("access-control-allow-origin", origin);
                fields.set("access-control-allow-credentials", "true");
                listed = true;
            }
        }
        if (listed) {
            fields.set("access-control-expose-headers", EXPOSED);
        }
        return listed;
    }

    /** Adds what a preflight asks for. */
    void preflight(HttpExchange exchange, String methods) {
        var asked = exchange.headers().get("access-control-request-method");
        if (!allow(exchange) || asked == null) {
            return;
        }
        var fields = exchange.responseHeaders();
        fields.set("access-control-allow-methods", methods);
        var wanted = exchange.headers().get("access-control-request-headers");
        if (wanted != null) {
            fields.set("access-control-allow-headers", wanted);
            fields.add("vary", "Access-Control-Request-Headers");
        }
        fields.set("access-control-max-age", MAX_AGE_SECONDS);
        fields.remove("access-control-expose-headers");
    }
}
