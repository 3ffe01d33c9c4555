package io.sluice.limit;

import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much one caller may still take: its own buckets where it is a session, and those that it shares with everybody of its
 * user or API key, and of its address. Travels with the identity, so that whoever asks the hub for something pays.
 *
 * <p>Thread-safe; taking neither locks nor allocates unless it refuses. What one bucket refuses is given back to those that
 * were asked before it.
 */
public final class Share {
    private static final TokenBucket[] NONE = {};

    /** Of nobody in particular, without limits: for what the server does by itself. */
    public static final Share UNBOUNDED = new Share();

    private static final Duration FOR_A_PLACE = Duration.ofSeconds(10);

    private final @Nullable Limits limits;
    private final Clock clock;
    private final @Nullable AddressKey address;
    private final @Nullable String user;
    private final Buckets ofAddress;
    private final @Nullable Buckets ofCaller;
    private final @Nullable Buckets ofSession;
    private final @Nullable TokenBucket refusals;
    private final TokenBucket[] publishes;
    private final TokenBucket[] bytes;
    private final TokenBucket[] subscribes;

    private Share() {
        limits = null;
        clock = Clock.SYSTEM;
        address = null;
        user = null;
        ofAddress = Limits.NO_BUCKETS;
        ofCaller = null;
        ofSession = null;
        refusals = null;
        publishes = NONE;
        bytes = NONE;
        subscribes = NONE;
    }

    /**
     * @param address null for one without limits by address
     * @param user null for an anonymous caller or a backend
     * @param ofCaller the user's or the API key's
     * @param ofSession null for a single request
     * @param refusals how often a session may be refused; null for a single request
     */
    Share(
            Limits limits,
            @Nullable AddressKey address,
            @Nullable String user,
            Buckets ofAddress,
            @Nullable Buckets ofCaller,
            @Nullable Buckets ofSession,
            @Nullable TokenBucket refusals) {
        this.limits = limits;
        this.clock = limits.clock();
        this.address = address;
        this.user = user;
        this.ofAddress = ofAddress;
        this.ofCaller = ofCaller;
        this.ofSession = ofSession;
        this.refusals = refusals;
        this.publishes = list(
                ofSession == null ? null : ofSession.publishes(),
                ofCaller == null ? null : ofCaller.publishes(),
                ofAddress.publishes());
        this.bytes = list(
                ofSession == null ? null : ofSession.bytes(),
                ofCaller == null ? null : ofCaller.bytes(),
                ofAddress.bytes());
        this.subscribes = list(
                ofSession == null ? null : ofSession.subscribes(),
                ofCaller == null ? null : ofCaller.subscribes(),
                ofAddress.subscribes());
    }

    /** Pays for one publication or signal of {@code size} bytes. Null when that was possible, else why not. */
    public @Nullable Problem publish(int size) {
        if (publishes.length == 0 && bytes.length == 0) {
            return null;
        }
        long now = clock.nanos();
        var refused = take(publishes, 1, now);
        if (refused == null) {
            refused = take(bytes, size, now);
            if (refused != null) {
                giveBack(publishes, publishes.length, 1);
            }
        }
        return refused;
    }

    /** Pays for one subscription or read. Null when that was possible, else why not. */
    public @Nullable Problem subscribe() {
        return subscribes.length == 0 ? null : take(subscribes, 1, clock.nanos());
    }

    /** Pays for one new session and asks for admission. Null when it may open, else why not. */
    public @Nullable Problem open() {
        if (limits == null) {
            return null;
        }
        var full = place();
        if (full != null) {
            return full;
        }
        var connects = ofCaller == null ? null : ofCaller.connects();
        if (connects != null) {
            long wait = connects.take(1, clock.nanos());
            if (wait > 0) {
                return connects.policy().refusal(wait);
            }
        }
        return limits.admission().admit();
    }

    /** Null while its user and its address have fewer sessions than they may. */
    public @Nullable Problem place() {
        if (limits == null) {
            return null;
        }
        if (user != null && limits.sessionsOf(user) >= limits.config().maxSessionsPerUser()) {
            return full("user-sessions", "user", limits.config().maxSessionsPerUser());
        }
        if (address != null && limits.sessionsOf(address) >= limits.config().maxSessionsPerAddress()) {
            return full("address-sessions", "address", limits.config().maxSessionsPerAddress());
        }
        return null;
    }

    /** A session with this share was opened: it counts until {@link #closed}. */
    public void opened() {
        if (limits != null) {
            limits.opened(user, address);
        }
    }

    /** The session has ended, or goes on as somebody else. */
    public void closed() {
        if (limits != null) {
            limits.closed(user, address);
        }
    }

    /** Counts a refusal for its rate; true when a session was refused so often that it should be closed. */
    public boolean abused() {
        if (refusals == null || refusals.take(1, clock.nanos()) == 0) {
            return false;
        }
        refusals.policy().refusals().increment();
        return true;
    }

    /** What the same session may take once it is known to be of this user or key. */
    public Share as(@Nullable String otherUser, @Nullable String key) {
        return limits == null
                ? this
                : new Share(
                        limits, address, otherUser, ofAddress, limits.ofCaller(otherUser, key), ofSession, refusals);
    }

    private static Problem full(String policy, String whose, int most) {
        return Problem.of(ClientError.TOO_MANY_CONNECTIONS, "this " + whose + " has " + most + " sessions already")
                .with("policy", policy)
                .with("limit", most)
                .retryAfter(FOR_A_PLACE);
    }

    private static @Nullable Problem take(TokenBucket[] buckets, long count, long now) {
        for (int i = 0; i < buckets.length; i++) {
            long wait = buckets[i].take(count, now);
            if (wait > 0) {
                giveBack(buckets, i, count);
                return buckets[i].policy().refusal(wait);
            }
        }
        return null;
    }

    private static void giveBack(TokenBucket[] buckets, int first, long count) {
        for (int i = 0; i < first; i++) {
            buckets[i].giveBack(count);
        }
    }

    private static TokenBucket[] list(@Nullable TokenBucket... buckets) {
        int count = 0;
        for (var bucket : buckets) {
            count += bucket == null ? 0 : 1;
        }
        if (count == 0) {
            return NONE;
        }
        var list = new TokenBucket[count];
        int at = 0;
        for (var bucket : buckets) {
            if (bucket != null) {
                list[at++] = bucket;
            }
        }
        return list;
    }
}
