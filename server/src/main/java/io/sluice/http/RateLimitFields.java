package io.sluice.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * The {@code RateLimit} and {@code RateLimit-Policy} fields of a 429 (draft-ietf-httpapi-ratelimit-headers-10), made from the
 * problem's members {@code policy}, {@code limit} and {@code window}. A cap without a rate is a policy without a window.
 */
final class RateLimitFields {
    private RateLimitFields() {}

    static void add(HttpHeaders headers, Problem problem, long retryAfterSeconds) {
        var extra = problem.extra();
        var name = '"'
                + String.valueOf(extra.getOrDefault("policy", problem.error().code()))
                + '"';
        if (extra.get("limit") instanceof Number limit) {
            var window = extra.get("window") instanceof Number seconds ? ";w=" + seconds : "";
            headers.set("ratelimit-policy", name + ";q=" + limit + window);
        } else {
            headers.set("ratelimit-policy", name + ";q=0");
        }
        headers.set("ratelimit", name + ";r=0;t=" + retryAfterSeconds);
    }
}
