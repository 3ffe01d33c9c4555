package io.sluice.client;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes exceptions of what servers, proxies and networks say. */
final class Problems {
    private static final String TYPE = "urn:sluice:problem:";

    private Problems() {}

    /** What a refusal means; from a server of Sluice it is a problem document (RFC 9457), from a proxy only the status. */
    static SluiceException of(int status, HttpHeaders headers, String body) {
        var retryAfter = seconds(headers.firstValue("retry-after").orElse(""));
        if (isOurs(headers)) {
            try {
                var problem = JsonObject.parse(body);
                var detail = problem.text("detail", problem.text("title", "status " + status));
                return new SluiceException(
                        ProblemCode.of(problem.text("type", "").replace(TYPE, "")),
                        detail,
                        retryAfter,
                        problem.has("field") ? problem.text("field", "") : null,
                        null);
            } catch (MalformedJson cutShort) {
                // The status alone then.
            }
        }
        return new SluiceException(byStatus(status), "the answer was status " + status, retryAfter, null, null);
    }

    /** True where the answer is a problem document, which proxies do not send. */
    static boolean isOurs(HttpHeaders headers) {
        return headers.firstValue("content-type").orElse("").startsWith("application/problem+json");
    }

    /** An error reply, or the error of one channel, over WebSocket. */
    static SluiceException of(JsonObject error) {
        long retry = error.integer("retry_after_ms", -1);
        return new SluiceException(
                ProblemCode.of(error.text("code", "")),
                error.text("message", "refused"),
                retry < 0 ? null : Duration.ofMillis(retry),
                error.has("field") ? error.text("field", "") : null,
                null);
    }

    /** What a close code of a WebSocket means (RFC 6455 section 7.4). */
    static SluiceException closed(int closeCode, String reason) {
        var code = switch (closeCode) {
            case 4400, 1002, 1003, 1007, 1008 -> ProblemCode.BAD_REQUEST;
            case 4401 -> ProblemCode.TOKEN_EXPIRED;
            case 4403 -> ProblemCode.FORBIDDEN;
            case 4409 -> ProblemCode.CONFLICT;
            case 4413, 1009 -> ProblemCode.TOO_LARGE;
            case 4429 -> ProblemCode.RATE_LIMITED;
            case 4503 -> ProblemCode.DRAINING;
            case 1011 -> ProblemCode.INTERNAL;
            default -> ProblemCode.CONNECTION_LOST;
        };
        return new SluiceException(code, "the WebSocket was closed with " + closeCode + " " + reason);
    }

    /** What a failure of the network means. */
    static SluiceException of(Throwable failure) {
        if (failure instanceof SluiceException known) {
            return known;
        }
        if (failure instanceof MalformedJson malformed) {
            return new SluiceException(ProblemCode.BAD_ANSWER, String.valueOf(malformed.getMessage()), failure);
        }
        for (var each = failure; each != null; each = each.getCause()) {
            if (each instanceof ConnectException
                    || each instanceof HttpConnectTimeoutException
                    || each instanceof UnresolvedAddressException) {
                return new SluiceException(ProblemCode.UNREACHABLE, "nothing answers", failure);
            }
        }
        if (failure instanceof HttpTimeoutException) {
            return new SluiceException(ProblemCode.CONNECTION_LOST, "no answer in time", failure);
        }
        return new SluiceException(ProblemCode.CONNECTION_LOST, "the connection broke: " + failure, failure);
    }

    static SluiceException interrupted() {
        Thread.currentThread().interrupt();
        return new SluiceException(ProblemCode.INTERRUPTED, "the thread was interrupted");
    }

    static SluiceException closed() {
        return new SluiceException(ProblemCode.CLOSED, "closed by the application");
    }

    private static ProblemCode byStatus(int status) {
        return switch (status) {
            case 400 -> ProblemCode.BAD_REQUEST;
            case 401 -> ProblemCode.UNAUTHENTICATED;
            case 403 -> ProblemCode.FORBIDDEN;
            case 404 -> ProblemCode.NOT_FOUND;
            case 405 -> ProblemCode.METHOD_NOT_ALLOWED;
            case 408 -> ProblemCode.REQUEST_TIMEOUT;
            case 413 -> ProblemCode.TOO_LARGE;
            case 414 -> ProblemCode.URI_TOO_LONG;
            case 429 -> ProblemCode.RATE_LIMITED;
            case 502 -> ProblemCode.UPSTREAM_UNREACHABLE;
            case 503 -> ProblemCode.OVERLOADED;
            case 504 -> ProblemCode.UPSTREAM_TIMEOUT;
            default -> status >= 500 ? ProblemCode.INTERNAL : ProblemCode.UNKNOWN;
        };
    }

    private static @Nullable Duration seconds(String field) {
        return field.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(field)) : null;
    }
}
