package io.sluice.auth;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an operator takes back.
 *
 * @param id of the user, the token ({@code jti}, or {@code key:<name>} for an API key) or the session
 */
public record Revocation(Kind kind, String id) {
    /** What is taken back; the words of the log, of the API and of audit lines. */
    public enum Kind {
        /** Every token that the user has. */
        USER,
        /** One token, or an API key. */
        TOKEN_ID,
        /** One session, whose token goes on counting. */
        SESSION;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** True when a session of {@code identity} called {@code session} ends by this, which was said at {@code since}. */
    public boolean ends(String session, Identity identity, Instant since) {
        return switch (kind) {
            case USER -> id.equals(identity.user()) && isOld(identity.issued(), since);
            case TOKEN_ID -> id.equals(identity.tokenId());
            case SESSION -> id.equals(session);
        };
    }

    /** What was issued later counts, and what does not say when it was issued does not. */
    static boolean isOld(@Nullable Instant issued, Instant since) {
        return issued == null || !issued.isAfter(since);
    }

    byte[] encoded() {
        return (kind.word() + " " + id).getBytes(StandardCharsets.UTF_8);
    }

    /** Null for what this version does not know. */
    static @Nullable Revocation decode(byte[] encoded) {
        var text = new String(encoded, StandardCharsets.UTF_8);
        for (var kind : Kind.values()) {
            if (text.startsWith(kind.word() + " ")) {
                return new Revocation(kind, text.substring(kind.word().length() + 1));
            }
        }
        return null;
    }
}
