package io.sluice.auth;

import io.sluice.limit.Share;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling, what they may do and how much, once that is known. Immutable but for what was taken of the share.
 *
 * @param user the authenticated id, or null for an anonymous caller
 * @param tokenId the token's {@code jti}, {@code key:<name>} for an API key, or null
 * @param grants what it may do
 * @param expires when it ends, or null for never
 * @param issued when its token was made, or null where that is not known
 * @param apiKey the name of the API key that was shown, or null
 * @param share how much it may take; without limits until somebody connects it with a peer
 */
public record Identity(
        @Nullable String user,
        @Nullable String tokenId,
        Grants grants,
        @Nullable Instant expires,
        @Nullable Instant issued,
        @Nullable String apiKey,
        Share share) {
    /** Nobody in particular, who may do everything: {@code auth.mode: none}. */
    public static final Identity ANYBODY = new Identity(null, null, Grants.ALL, null);

    /** Nobody who has said yet who it is, and who may do nothing. */
    public static final Identity UNKNOWN = new Identity(null, null, Grants.NONE, null);

    public Identity(@Nullable String user, @Nullable String tokenId, Grants grants, @Nullable Instant expires) {
        this(user, tokenId, grants, expires, null, null, Share.UNBOUNDED);
    }

    public boolean isExpiredAt(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** The same in milliseconds since 1970; allocates nothing. */
    public boolean isExpiredAt(long nowMillis) {
        return expires != null && nowMillis >= expires.toEpochMilli();
    }

    /** The same caller with a share of the server. */
    public Identity taking(Share other) {
        return new Identity(user, tokenId, grants, expires, issued, apiKey, other);
    }
}
