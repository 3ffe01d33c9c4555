package io.sluice.auth;

import io.sluice.auth.InternalChannel.Entered;
import io.sluice.config.AuthConfig;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users and tokens that no longer count. A user's revocation is of the tokens issued until then, so that the user can come back
 * with a newer one; a token without {@code iat} counts as older. Thread-safe; asking allocates nothing.
 *
 * <p>Every server reads them from the engine: those that were said before it started, and then each as it is said on any server.
 * Bounded in number by the channel, and each is remembered for a while: as long as tokens live.
 */
public final class Revocations {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);

    private final Clock clock;
    private final Duration memory;
    private final int most;
    private final Map<String, Instant> users = new ConcurrentHashMap<>();
    private final Map<String, Instant> tokens = new ConcurrentHashMap<>();
    private volatile @Nullable Followed followed;
    private Instant cleaned = Instant.MIN;

    /**
     * @param memory how long each is remembered
     * @param most how many are remembered of those that the other servers could not be told
     */
    public Revocations(Clock clock, Duration memory, int most) {
        this.clock = clock;
        this.memory = memory;
        this.most = most;
    }

    /** The bounds of the channel. */
    public static InternalChannel.Bounds channel(AuthConfig auth) {
        return new InternalChannel.Bounds("revocations", auth.revocationMemory(), Duration.ZERO, auth.maxRevocations());
    }

    /** Ends the sessions of what was revoked. Runs on any thread, must be quick. */
    @FunctionalInterface
    public interface Listener {
        void revoked(Revocation revocation, Instant since);
    }

    private record Followed(InternalChannel channel, Listener listener) {}

    /**
     * Begins: reads what was said so far in {@code channel}, and tells {@code listener} of each from then on. Called once, before
     * anything is revoked. Done when what was said so far is known.
     */
    public CompletableFuture<Void> follow(InternalChannel channel, Listener listener) {
        followed = new Followed(channel, listener);
        return channel.follow(entry -> said(entry, listener));
    }

    /**
     * Revokes on every server. {@code answer} runs once, on any thread, when it counts here: with null, or with why the other
     * servers cannot be told; then sessions end on this one only, and tokens count no longer until it ends, where there is room.
     */
    public void revoke(Revocation revocation, Consumer<@Nullable Problem> answer) {
        var by = followed;
        if (by == null) {
            throw new IllegalStateException("no channel is followed yet");
        }
        by.channel.append(null, revocation.encoded(), entered -> {
            if (entered instanceof Entered.Refused(var problem)) {
                var now = clock.now();
                if (users.size() + tokens.size() < most) {
                    remember(revocation, now);
                }
                by.listener.revoked(revocation, now);
                answer.accept(problem);
            } else {
                answer.accept(null);
            }
        });
    }

    /** Ends the sessions of this server that {@code revocation} is about: no other is told, and it is not remembered. */
    void end(Revocation revocation) {
        var by = followed;
        if (by != null) {
            by.listener.revoked(revocation, clock.now());
        }
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
        return since != null && clock.now().isBefore(since.plus(memory)) && Revocation.isOld(issued, since);
    }

    private void said(InternalChannel.Entry entry, Listener listener) {
        var revocation = Revocation.decode(entry.content());
        if (revocation == null) {
            LOG.warn("a revocation of a kind that this version does not know is passed over");
        } else {
            remember(revocation, entry.time());
            listener.revoked(revocation, entry.time());
        }
    }

    private void remember(Revocation revocation, Instant since) {
        forgetOld();
        switch (revocation.kind()) {
            case USER -> users.merge(revocation.id(), since, Revocations::later);
            case TOKEN_ID -> tokens.merge(revocation.id(), since, Revocations::later);
            case SESSION -> {
                // Its token goes on counting.
            }
        }
    }

    /** Once in a while, so that no more are held than the channel holds. */
    private synchronized void forgetOld() {
        var now = clock.now();
        if (cleaned.isBefore(now.minus(memory.dividedBy(16)))) {
            cleaned = now;
            users.values().removeIf(since -> !now.isBefore(since.plus(memory)));
            tokens.values().removeIf(since -> !now.isBefore(since.plus(memory)));
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
