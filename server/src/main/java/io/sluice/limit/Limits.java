package io.sluice.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.config.LimitsConfig;
import io.sluice.config.Network;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import io.sluice.observe.Metrics;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who has taken how much: the buckets of every user, API key and address that was active lately, and how many sessions each
 * has. Thread-safe; nothing on the way of a request locks.
 *
 * <p>The tables are bounded: beyond {@code limits.max_tracked} the least active entries are forgotten and begin anew with
 * full buckets. One that has been idle for long enough to be full is forgotten at no loss.
 */
public final class Limits {
    static final Buckets NO_BUCKETS = new Buckets(null, null, null, null);

    private static final Duration IDLE = Duration.ofHours(1);

    private final Clock clock;
    private final Admission admission;
    private final Buckets.Policies userPolicies;
    private final Buckets.Policies addressPolicies;
    private final Buckets.Policies keyPolicies;
    private final Policy sessionPublishes;
    private final Policy sessionSubscribes;
    private final Policy sessionBytes;
    private final Policy sessionRefusals;
    private final Policy badTokens;
    private final Policy cuts;
    private final Cache<String, Buckets> users;
    private final Cache<String, Buckets> keys;
    private final Cache<AddressKey, Buckets> addresses;
    private final Cache<AddressKey, TokenBucket> tokenChecks;
    private final Cache<AddressKey, TokenBucket> cutAddresses;
    private final Tally<String> userSessions = new Tally<>();
    private final Tally<AddressKey> addressSessions = new Tally<>();
    private volatile LimitsConfig config;
    private volatile List<Network.Block> exempt;

    public Limits(LimitsConfig config, Clock clock, RandomGenerator random, MemoryUse memory) {
        this.config = config;
        this.exempt = blocks(config);
        this.clock = clock;
        this.admission = new Admission(config, clock, random, memory);
        this.userPolicies = Buckets.Policies.of("user", LimitsConfig::user, config);
        this.addressPolicies = Buckets.Policies.of("address", LimitsConfig::address, config);
        this.keyPolicies = Buckets.Policies.of("key", LimitsConfig::apiKey, config);
        this.sessionPublishes = new Policy("session-publishes", c -> c.session().publishes(), config);
        this.sessionSubscribes =
                new Policy("session-subscribes", c -> c.session().subscribes(), config);
        this.sessionBytes = new Policy("session-bytes", c -> c.session().bytes(), config);
        this.sessionRefusals = new Policy("session-refusals", c -> c.session().refusals(), config);
        this.badTokens = new Policy("address-bad-tokens", LimitsConfig::badTokens, config);
        this.cuts = new Policy("address-cuts", LimitsConfig::cuts, config);
        this.users = table();
        this.keys = table();
        this.addresses = table();
        this.tokenChecks = table();
        this.cutAddresses = table();
    }

    /** Goes on with other limits, for those who are here too; what they have taken stays taken. */
    public synchronized void become(LimitsConfig other) {
        config = other;
        exempt = blocks(other);
        admission.become(other);
        policies().forEach(policy -> policy.become(other));
        Stream.of(users, keys, addresses, tokenChecks, cutAddresses)
                .forEach(table -> table.policy().eviction().orElseThrow().setMaximum(other.maxTracked()));
    }

    /** What a single request may take. */
    public Share ofRequest(InetAddress peer, @Nullable String user, @Nullable String key) {
        return share(peer, user, key, null, null);
    }

    /** What a session may take: it has buckets of its own besides those that it shares. */
    public Share ofSession(InetAddress peer, @Nullable String user, @Nullable String key) {
        long now = clock.nanos();
        var own = new Buckets(
                null,
                new TokenBucket(sessionPublishes, now),
                new TokenBucket(sessionSubscribes, now),
                new TokenBucket(sessionBytes, now));
        return share(peer, user, key, own, new TokenBucket(sessionRefusals, now));
    }

    /** Somebody wants a session and is not known yet. Null when it is worth going on, else why not. */
    public @Nullable Problem arrive(InetAddress peer) {
        var address = address(peer);
        var connects = address == null ? null : bucketsOf(address).connects();
        if (connects != null) {
            long wait = connects.take(1, clock.nanos());
            if (wait > 0) {
                return connects.policy().refusal(wait);
            }
        }
        return admission.look();
    }

    /**
     * Pays for the check of a token that may be bad. Null when it may be checked; its giver gets it back with {@link
     * #tokenWasGood}.
     */
    public @Nullable Problem mayCheckToken(InetAddress peer) {
        var bucket = tokenBucket(peer);
        if (bucket == null) {
            return null;
        }
        long wait = bucket.take(1, clock.nanos());
        return wait > 0 ? bucket.policy().refusal(wait) : null;
    }

    /** The token that was checked is good. */
    public void tokenWasGood(InetAddress peer) {
        var bucket = tokenBucket(peer);
        if (bucket != null) {
            bucket.giveBack(1);
        }
    }

    /** A connection of {@code address} was cut for abuse. */
    void wasCut(AddressKey address) {
        long now = clock.nanos();
        cutAddresses.get(address, a -> new TokenBucket(cuts, now)).take(1, now);
    }

    /** True while more connections of {@code address} were cut than is forgiven. */
    boolean isAbusive(AddressKey address) {
        var bucket = cutAddresses.getIfPresent(address);
        if (bucket == null || bucket.wait(1, clock.nanos()) == 0) {
            return false;
        }
        bucket.policy().refusals().increment();
        return true;
    }

    /** Who may come in. */
    public Admission admission() {
        return admission;
    }

    /** Shows what was refused, and how many are counted, to scrapers; called once. */
    public void export(Metrics metrics) {
        policies()
                .forEach(policy -> metrics.count(
                        "sluice_limit_refusals_total",
                        "Refusals by a rate",
                        policy.refusals(),
                        "policy",
                        policy.name()));
        metrics.gauge("sluice_limit_tracked", "Users counted now", users, Cache::estimatedSize, "kind", "user");
        metrics.gauge(
                "sluice_limit_tracked", "Addresses counted now", addresses, Cache::estimatedSize, "kind", "address");
        admission.export(metrics);
    }

    /** How many users and addresses are counted now. */
    long tracked() {
        users.cleanUp();
        addresses.cleanUp();
        return users.estimatedSize() + addresses.estimatedSize();
    }

    Clock clock() {
        return clock;
    }

    LimitsConfig config() {
        return config;
    }

    int sessionsOf(String user) {
        return userSessions.of(user);
    }

    int sessionsOf(AddressKey address) {
        return addressSessions.of(address);
    }

    void opened(@Nullable String user, @Nullable AddressKey address) {
        admission.opened();
        if (user != null) {
            userSessions.add(user);
        }
        if (address != null) {
            addressSessions.add(address);
        }
    }

    void closed(@Nullable String user, @Nullable AddressKey address) {
        admission.closed();
        if (user != null) {
            userSessions.remove(user);
        }
        if (address != null) {
            addressSessions.remove(address);
        }
    }

    @Nullable
    Buckets ofCaller(@Nullable String user, @Nullable String key) {
        if (key != null) {
            return keys.get(key, k -> keyPolicies.full(clock.nanos()));
        }
        return user == null ? null : users.get(user, u -> userPolicies.full(clock.nanos()));
    }

    private Share share(
            InetAddress peer,
            @Nullable String user,
            @Nullable String key,
            @Nullable Buckets ofSession,
            @Nullable TokenBucket sessionRefusals) {
        var address = address(peer);
        return new Share(
                this,
                address,
                user,
                address == null ? NO_BUCKETS : bucketsOf(address),
                ofCaller(user, key),
                ofSession,
                sessionRefusals);
    }

    private Buckets bucketsOf(AddressKey address) {
        return addresses.get(address, a -> addressPolicies.full(clock.nanos()));
    }

    private @Nullable TokenBucket tokenBucket(InetAddress peer) {
        var address = address(peer);
        return address == null ? null : tokenChecks.get(address, a -> new TokenBucket(badTokens, clock.nanos()));
    }

    /** What {@code peer} counts as; null for one that is exempt. */
    @Nullable
    AddressKey address(InetAddress peer) {
        var bytes = peer.getAddress();
        for (var network : exempt) {
            if (network.contains(bytes)) {
                return null;
            }
        }
        return AddressKey.of(peer);
    }

    private Stream<Policy> policies() {
        return Stream.of(
                        userPolicies.all(),
                        addressPolicies.all(),
                        keyPolicies.all(),
                        Stream.of(sessionPublishes, sessionSubscribes, sessionBytes, sessionRefusals, badTokens, cuts))
                .flatMap(all -> all);
    }

    private static List<Network.Block> blocks(LimitsConfig config) {
        return config.exempt().stream().map(Network::block).toList();
    }

    private <K, V> Cache<K, V> table() {
        return Caffeine.newBuilder()
                .maximumSize(config.maxTracked())
                .expireAfterAccess(IDLE)
                .ticker(clock::nanos)
                .executor(Runnable::run)
                .build();
    }
}
