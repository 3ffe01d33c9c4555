package io.sluice.hub;

import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import org.jspecify.annotations.Nullable;

/** What a draft must look like to be stored: the rules that hold on every way to publish. */
public final class Drafts {
    public static final int MAX_EVENT = 64;
    public static final int MAX_KEY = 255;
    public static final int MAX_HEADERS = 16;
    public static final int MAX_HEADER_NAME = 64;
    public static final int MAX_HEADER_VALUE = 1024;

    private Drafts() {}

    /**
     * The draft that a publish command or an element of a batch holds: members {@code data}, {@code event}, {@code headers}
     * and {@code idempotency_key}. Throws {@link Json.WrongMember} for one of the wrong type.
     */
    public static Outcome<Draft> read(Json json, Identity publisher) {
        var data = json.raw("data");
        if (data == null) {
            return new Outcome.Refused<>(
                    Problem.of(ClientError.BAD_REQUEST, "data is missing").with("field", "data"));
        }
        var event = json.text("event");
        var payload = Payload.json(Json.onOneLine(data));
        return new Outcome.Done<>(new Draft(
                event == null ? Draft.DEFAULT_EVENT : event,
                publisher.user(),
                json.texts("headers"),
                payload,
                json.text("idempotency_key"),
                null));
    }

    static @Nullable Problem check(Draft draft, long maxBytes) {
        if (draft.payload().bytes().length > maxBytes) {
            return tooLarge(draft.payload().bytes().length, maxBytes);
        }
        var key = draft.idempotencyKey();
        if (key != null && (key.isEmpty() || key.length() > MAX_KEY || hasControl(key))) {
            return Problem.of(
                            ClientError.BAD_REQUEST,
                            "the idempotency key must be 1 to " + MAX_KEY + " characters without control characters")
                    .with("field", "idempotency_key");
        }
        if (draft.headers().size() > MAX_HEADERS) {
            return Problem.of(ClientError.BAD_REQUEST, "at most " + MAX_HEADERS + " headers")
                    .with("field", "headers")
                    .with("limit", MAX_HEADERS);
        }
        for (var header : draft.headers().entrySet()) {
            if (header.getKey().length() > MAX_HEADER_NAME
                    || header.getKey().isEmpty()
                    || header.getValue().length() > MAX_HEADER_VALUE) {
                return Problem.of(
                                ClientError.BAD_REQUEST,
                                "a header's name is 1 to " + MAX_HEADER_NAME + " characters, its value at most "
                                        + MAX_HEADER_VALUE)
                        .with("field", "headers");
            }
        }
        return checkEvent(draft.event());
    }

    static @Nullable Problem checkEvent(String event) {
        if (event.isEmpty() || event.length() > MAX_EVENT || hasControl(event)) {
            return Problem.of(
                            ClientError.BAD_REQUEST,
                            "the event must be 1 to " + MAX_EVENT + " characters without control characters")
                    .with("field", "event");
        }
        return null;
    }

    static Problem tooLarge(long bytes, long limit) {
        return Problem.of(ClientError.TOO_LARGE, bytes + " bytes are more than the " + limit + " allowed")
                .with("limit", limit);
    }

    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i)) || Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
