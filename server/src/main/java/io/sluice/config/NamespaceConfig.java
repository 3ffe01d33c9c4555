package io.sluice.config;

import java.time.Duration;

/**
 * Settings of the channels whose names begin with {@code <namespace>:}.
 *
 * @param engine where their logs live: a name from the engines' list ({@code memory}, {@code disk})
 * @param durability what an acknowledgement promises; {@code memory} goes with the memory engine only
 * @param maxMessages how many publications a channel keeps: 1 to 10,000,000; older ones are evicted
 * @param maxBytes how many bytes of publications a channel keeps
 * @param maxAge how long a publication is kept; judged once a second
 * @param idempotencyWindow how long an idempotency key is remembered
 * @param lagPolicy what happens to a reader that is behind
 * @param maxLag with {@link LagPolicy#CLOSE}: how many publications a reader may be behind
 * @param presence whether who is there is tracked and told
 */
public record NamespaceConfig(
        String engine,
        Durability durability,
        int maxMessages,
        DataSize maxBytes,
        Duration maxAge,
        Duration idempotencyWindow,
        LagPolicy lagPolicy,
        int maxLag,
        boolean presence) {

    /** What an acknowledged publication survives. */
    public enum Durability {
        /** Gone with the process. */
        MEMORY,
        /** Survives {@code kill -9}. */
        PROCESS,
        /** Survives a power cut. */
        POWER
    }

    /** What happens to a reader that is behind. */
    public enum LagPolicy {
        /** It reads the log until it has caught up. */
        CATCH_UP,
        /** It jumps to the newest publication and is told the gap. */
        LATEST,
        /** It is disconnected once it is {@code maxLag} publications behind. */
        CLOSE
    }

    public NamespaceConfig() {
        this(
                "disk",
                Durability.PROCESS,
                10_000,
                DataSize.mib(16),
                Duration.ofDays(7),
                Duration.ofHours(24),
                LagPolicy.CATCH_UP,
                10_000,
                true);
    }

    public NamespaceConfig {
        require(maxMessages >= 1 && maxMessages <= 10_000_000, "max_messages: must be 1 to 10000000");
        require(maxBytes.bytes() >= 1024, "max_bytes: must be at least 1KiB");
        require(maxAge.isPositive(), "max_age: must be positive");
        require(!idempotencyWindow.isNegative(), "idempotency_window: must not be negative");
        require(maxLag >= 1, "max_lag: must be at least 1");
        require(
                (durability == Durability.MEMORY) == engine.equals("memory"),
                "durability: memory goes with engine: memory, process and power with an engine that stores");
    }

    /** The same with an engine and its durability: for programs and tests. */
    public NamespaceConfig on(String otherEngine, Durability otherDurability) {
        return new NamespaceConfig(
                otherEngine,
                otherDurability,
                maxMessages,
                maxBytes,
                maxAge,
                idempotencyWindow,
                lagPolicy,
                maxLag,
                presence);
    }

    /** The same with other retention: for programs and tests. */
    public NamespaceConfig keeping(int messages, DataSize size, Duration age) {
        return new NamespaceConfig(
                engine, durability, messages, size, age, idempotencyWindow, lagPolicy, maxLag, presence);
    }

    /** The same with another idempotency window: for programs and tests. */
    public NamespaceConfig remembering(Duration window) {
        return new NamespaceConfig(
                engine, durability, maxMessages, maxBytes, maxAge, window, lagPolicy, maxLag, presence);
    }

    /** The same with another lag policy: for programs and tests. */
    public NamespaceConfig lagging(LagPolicy policy, int lag) {
        return new NamespaceConfig(
                engine, durability, maxMessages, maxBytes, maxAge, idempotencyWindow, policy, lag, presence);
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
