package io.sluice.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling and what they may do, once that is known. Immutable.
 *
 * @param user the authenticated id, or null for an anonymous caller
 * @param tokenId the token's {@code jti}, or null
 * @param grants what it may do
 * @param expires when it ends, or null for never
 */
public record Identity(
        @Nullable String user,
        @Nullable String tokenId,
        Grants grants,
        @Nullable Instant expires) {
    /** Nobody in particular, who may do everything: {@code auth.mode: none}. */
    public static final Identity ANYBODY = new Identity(null, null, Grants.ALL, null);

    public boolean isExpiredAt(Instant now) {
        return expires != null && !now.isBefore(expires);
    }
}
