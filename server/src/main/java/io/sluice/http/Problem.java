package io.sluice.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was refused: a value that each protocol's edge turns into its own idiom (RFC 9457 over HTTP).
 *
 * @param error what kind of refusal
 * @param detail what was wrong with this very request, for people; never holds tokens or message bodies
 * @param retryAfter when to come back; always present for 429 and 503, otherwise absent
 * @param spread true when {@code retryAfter} was chosen for this very client and is not to be jittered again
 * @param extra further members that help a program, such as {@code limit} and {@code field}: strings, numbers
 *     or lists of strings
 */
public record Problem(
        ClientError error, String detail, @Nullable Duration retryAfter, boolean spread, Map<String, Object> extra) {
    private static final Duration COME_BACK = Duration.ofSeconds(1);

    public Problem {
        if (error.mayRetry() && retryAfter == null) {
            retryAfter = COME_BACK;
        }
        extra = Map.copyOf(extra);
    }

    public static Problem of(ClientError error, String detail) {
        return new Problem(error, detail, null, false, Map.of());
    }

    public Problem with(String member, Object value) {
        var more = new LinkedHashMap<>(extra);
        more.put(member, value);
        return new Problem(error, detail, retryAfter, spread, more);
    }

    public Problem retryAfter(Duration wait) {
        return new Problem(error, detail, wait, false, extra);
    }

    /** With a wait that differs from client to client already, so that they do not return together. */
    public Problem retryAfterSpread(Duration wait) {
        return new Problem(error, detail, wait, true, extra);
    }
}
