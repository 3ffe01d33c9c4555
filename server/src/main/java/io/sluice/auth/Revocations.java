package io.sluice.auth;

import io.sluice.net.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Users and tokens that no longer count. A user's revocation is of the tokens issued until then, so that the user can come back
 * with a newer one; a token without {@code iat} counts as older. Thread-safe; asking allocates nothing.
 *
 * <p>Bounded in number, and each is remembered for a while: as long as tokens live.
 */
public final class Revocations {
    private final Clock clock;
    private final Duration memory;
    private final int most;
    private final Map<String, Instant> users = new ConcurrentHashMap<>();
    private final Map<String, Instant> tokens = new ConcurrentHashMap<>();

    /**
     * @param memory how long each is remembered
     * @param most how many of each kind
     */
    public Revocations(Clock clock, Duration memory, int most) {
        this.clock = clock;
        this.memory = memory;
        this.most = most;
    }

    /** Revokes every token of {@code user} that exists. False when too many are remembered already: nothing is revoked. */
    public boolean revokeUser(String user) {
        return add(users, user);
    }

    /** Revokes a token by its {@code jti}, or an API key as {@code key:<name>}. False as above. */
    public boolean revokeToken(String tokenId) {
        return add(tokens, tokenId);
    }

    /** True when {@code identity} comes from a token that was revoked. */
    public boolean covers(Identity identity) {
        if (users.isEmpty() && tokens.isEmpty()) {
            return false;
        }
        return isIn(tokens, identity.tokenId(), null) || isIn(users, identity.user(), identity.issued());
    }

    private boolean isIn(Map<String, Instant> revoked, @Nullable String key, @Nullable Instant issued) {
        var since = key == null ? null : revoked.get(key);
        return since != null && clock.now().isBefore(since.plus(memory)) && (issued == null || !issued.isAfter(since));
    }

    private synchronized boolean add(Map<String, Instant> revoked, String key) {
        var now = clock.now();
        if (revoked.size() >= most && !revoked.containsKey(key)) {
            revoked.values().removeIf(since -> !now.isBefore(since.plus(memory)));
            if (revoked.size() >= most) {
                return false;
            }
        }
        revoked.put(key, now);
        return true;
    }
}
