package io.sluice.limit;

import io.sluice.config.AdmissionConfig;
import io.sluice.config.LimitsConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import io.sluice.observe.Metrics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets new sessions in at a bounded rate, up to a number of sessions and a fill of memory. Who is refused is told a time to
 * come back that was promised to nobody else: promises follow each other at the configured rate, so however many are sent
 * away at once, they return at the rate at which they can be let in. Thread-safe without locks on the way of a session.
 *
 * <p>A promise is no ticket: who comes early or late is let in if there is room, and promised another time if not. Promises
 * reach at most {@link #FURTHEST} ahead; beyond it times are drawn at random from its second half.
 */
public final class Admission {
    static final Duration FURTHEST = Duration.ofMinutes(5);

    private static final Duration FOR_A_PLACE = Duration.ofSeconds(30);

    private final Clock clock;
    private final RandomGenerator random;
    private final MemoryUse memory;
    private final TokenBucket bucket;
    private final AtomicLong promisedNanos;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder admitted = new LongAdder();
    private final LongAdder refusedByRate = new LongAdder();
    private final LongAdder refusedByCount = new LongAdder();
    private final LongAdder refusedByMemory = new LongAdder();
    private volatile AdmissionConfig config;
    private volatile boolean memoryIsFull;

    Admission(LimitsConfig config, Clock clock, RandomGenerator random, MemoryUse memory) {
        this.config = config.admission();
        this.clock = clock;
        this.random = random;
        this.memory = memory;
        var policy = new Policy("admission", limits -> limits.admission().sessions(), config);
        this.bucket = new TokenBucket(policy, clock.nanos());
        this.promisedNanos = new AtomicLong(clock.nanos());
    }

    /** Lets in as {@code other} says from now on; what was promised stays promised. */
    void become(LimitsConfig other) {
        config = other.admission();
        bucket.policy().become(other);
    }

    /** Null when a session would be let in now, else when to come back. Takes nothing: spares work for who is not let in. */
    public @Nullable Problem look() {
        var full = full();
        if (full != null) {
            return full;
        }
        return bucket.wait(1, clock.nanos()) > 0 ? promise() : null;
    }

    /** Null when a session is let in, else when to come back. */
    public @Nullable Problem admit() {
        var full = full();
        if (full != null) {
            return full;
        }
        if (bucket.take(1, clock.nanos()) > 0) {
            return promise();
        }
        admitted.increment();
        return null;
    }

    /** Looks at the memory. Called about once a second. */
    public void sweep() {
        memoryIsFull = memory.percent() >= config.maxMemoryPercent();
    }

    /** How many sessions are open now. */
    public int open() {
        return open.get();
    }

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }

    void export(Metrics metrics) {
        metrics.count("sluice_limit_admitted_total", "Sessions let in", admitted);
        var name = "sluice_limit_not_admitted_total";
        metrics.count(name, "Sessions not let in", refusedByRate, "reason", "rate");
        metrics.count(name, "Sessions not let in", refusedByCount, "reason", "sessions");
        metrics.count(name, "Sessions not let in", refusedByMemory, "reason", "memory");
    }

    private @Nullable Problem full() {
        int most = config.maxSessions();
        if (open.get() >= most) {
            refusedByCount.increment();
            return Problem.of(ClientError.OVERLOADED, "no more than " + most + " sessions are let in")
                    .with("limit", most)
                    .retryAfter(FOR_A_PLACE);
        }
        if (memoryIsFull) {
            refusedByMemory.increment();
            return Problem.of(ClientError.OVERLOADED, "no memory for further sessions")
                    .retryAfter(FOR_A_PLACE);
        }
        return null;
    }

    private Problem promise() {
        refusedByRate.increment();
        long interval = Math.max(1, bucket.policy().pace().cost(1));
        long now = clock.nanos();
        long wait = promisedNanos.updateAndGet(
                        last -> Math.min((last - now > 0 ? last : now) + interval, now + FURTHEST.toNanos()))
                - now;
        if (wait >= FURTHEST.toNanos()) {
            synchronized (random) {
                wait = random.nextLong(wait / 2, wait);
            }
        }
        return Problem.of(ClientError.OVERLOADED, "too many sessions begin at once; come back then")
                .retryAfterSpread(Duration.ofNanos(wait));
    }
}
