package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.append;
import static io.sluice.hub.log.EngineWorld.draft;
import static io.sluice.hub.log.EngineWorld.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.config.DataSize;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.http.ClientError;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Position;
import io.sluice.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The bounds of what lives in memory: its bytes, its keys, its news. */
final class MemoryLogTest {
    private static final NamespaceConfig SETTINGS = new NamespaceConfig().on("memory", Durability.MEMORY);

    private final ManualClock clock = new ManualClock();

    @Test
    void atItsLimitAChannelThatGrowsIsRefusedAndOneThatGivesWayGoesOn() {
        var engine = engine(new MemoryLog.Settings(DataSize.mib(1), 10, 10));
        var grows = open(engine, "grows", SETTINGS);
        var full = open(engine, "full", SETTINGS.keeping(1, DataSize.mib(1), Duration.ofHours(1)));
        var heavy = open(engine, "heavy", SETTINGS.keeping(9, DataSize.kib(4), Duration.ofHours(1)));
        append(full, draft("x".repeat(1_000)));
        append(heavy, draft("x".repeat(2_000)));

        int taken = 0;
        while (append(grows, draft("x".repeat(10_000))) instanceof Appended.Stored) {
            taken++;
        }

        while (append(grows, draft("x")) instanceof Appended.Stored) {
            // Until there is no room for the smallest.
        }

        assertThat(taken).isEqualTo(103);
        assertThat(append(grows, draft("x".repeat(10_000))))
                .isInstanceOfSatisfying(
                        Appended.Refused.class,
                        refused -> assertThat(refused.problem().error()).isEqualTo(ClientError.OVERLOADED));
        assertThat(append(full, draft("x".repeat(1_000)))).isInstanceOf(Appended.Stored.class);
        assertThat(append(heavy, draft("x".repeat(1_800))))
                .as("fits into its channel, which grows")
                .isInstanceOf(Appended.Refused.class);
        assertThat(append(heavy, draft("x".repeat(2_000)))).isInstanceOf(Appended.Stored.class);
    }

    @Test
    void mayBeFilledToTheLastByte() {
        var engine = engine(new MemoryLog.Settings(DataSize.mib(1), 10, 10));
        var log = open(engine, "news", SETTINGS.keeping(9, DataSize.mib(9), Duration.ofHours(1)));

        var all = append(log, draft("x".repeat((1 << 20) - weight(0))));
        var more = append(log, draft(""));

        assertThat(all).isInstanceOf(Appended.Stored.class);
        assertThat(more).isInstanceOf(Appended.Refused.class);
    }

    @Test
    void aReadEndsBeforeItWouldBeTooLarge() {
        var log = open(engine(new MemoryLog.Settings()), "news", SETTINGS);
        for (int i = 0; i < 3; i++) {
            append(log, draft("xx"));
        }

        assertThat(EngineWorld.read(log, 0, 10, 2 * weight(2))).hasSize(2);
        assertThat(EngineWorld.read(log, 0, 10, 2 * weight(2) - 1)).hasSize(1);
        assertThat(EngineWorld.read(log, 0, 10, 1)).as("at least one").hasSize(1);
        assertThat(EngineWorld.read(log, 2, 10, 1_000)).hasSize(1);
        assertThat(EngineWorld.read(log, 3, 10, 1_000)).isEmpty();
    }

    @Test
    void onlyAChannelThatWasNeverUsedIsLetGoOf() {
        var engine = engine(new MemoryLog.Settings());
        var used = open(engine, "used", SETTINGS);
        var unused = open(engine, "unused", SETTINGS);
        append(used, draft("m"));

        assertThat(engine.evict(used)).isFalse();
        assertThat(engine.evict(unused)).isTrue();
        assertThat(engine.evict(unused)).as("a second time").isFalse();
        assertThat(append(used, draft("m"))).isInstanceOf(Appended.Stored.class);
        assertThat(append(unused, draft("m"))).isInstanceOf(Appended.Refused.class);
        assertThat(append(open(engine, "unused", SETTINGS), draft("m"))).isInstanceOf(Appended.Stored.class);
        assertThat(engine.name()).isEqualTo("memory");
        assertThat(engine.ailment()).isNull();
    }

    @Test
    void whatAgesGivesItsMemoryBack() {
        var engine = engine(new MemoryLog.Settings(DataSize.mib(1), 10, 10));
        var log = open(engine, "news", SETTINGS.keeping(100, DataSize.mib(10), Duration.ofMinutes(1)));
        while (append(log, draft("x".repeat(100_000))) instanceof Appended.Stored) {
            // Until it is full.
        }

        clock.advance(Duration.ofMinutes(1));
        engine.sweep();

        assertThat(log.oldest()).isEqualTo(log.newest() + 1);
        for (int i = 0; i < 10; i++) {
            assertThat(append(log, draft("x".repeat(100_000)))).isInstanceOf(Appended.Stored.class);
        }
    }

    @Test
    void settingsSayTheirBounds() {
        assertThat(new MemoryLog.Settings(DataSize.mib(1), 1, 1).maxKeys()).isEqualTo(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MemoryLog.Settings(new DataSize((1 << 20) - 1), 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemoryLog.Settings(DataSize.mib(1), 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemoryLog.Settings(DataSize.mib(1), 1, 0));
    }

    @Test
    void aListenerMayAppendAndSoMuchNewsMayWait() {
        var engine = engine(new MemoryLog.Settings());
        var answers = new ArrayList<Appended>();
        var told = new AtomicInteger();
        var opened = new ArrayList<ChannelLog>();
        engine.open(
                new ChannelName("news"),
                SETTINGS.keeping(10_000, DataSize.mib(16), Duration.ofHours(1)),
                log -> {
                    if (told.getAndIncrement() == 0) {
                        for (int i = 0; i < 4_097; i++) {
                            log.append(draft("m"), answers::add);
                        }
                    }
                },
                ready -> opened.add(((LogEngine.Opened.Ready) ready).log()));

        append(opened.getFirst(), draft("first"));

        assertThat(answers.stream().filter(Appended.Stored.class::isInstance)).hasSize(4_096);
        assertThat(answers.stream().filter(Appended.Refused.class::isInstance)).hasSize(1);
        assertThat(told.get()).isEqualTo(4_097);
        assertThat(opened.getFirst().newest()).isEqualTo(4_097);
    }

    @Test
    void beyondTheLimitTheOldestKeyIsForgottenEarly() {
        var keys = new RememberedKeys(2);
        remember(keys, "a", 10);
        remember(keys, "b", 10);
        remember(keys, "a", 10);

        remember(keys, "c", 10);

        assertThat(find(keys, "b", 0)).isFalse();
        assertThat(find(keys, "a", 0)).isTrue();
        assertThat(find(keys, "c", 0)).isTrue();
        assertThat(keys.size()).isEqualTo(2);
    }

    @Test
    void aKeyCountsUntilItsEndAndIsSweptFromTheOldestOn() {
        var keys = new RememberedKeys(9);
        remember(keys, "short", 10);
        remember(keys, "long", 20);
        remember(keys, "behind", 10);

        assertThat(find(keys, "short", 9)).isTrue();
        assertThat(find(keys, "short", 10)).isFalse();
        keys.forgetExpired(10);
        assertThat(keys.size()).isEqualTo(2);
        keys.forgetExpired(20);
        assertThat(keys.size()).isZero();
    }

    @Test
    void everyStartHasAnEpochOfItsOwnAndClosingEndsAll() {
        var random = new Random(1);
        var first = new MemoryLog(new MemoryLog.Settings(), context(random));
        var log = open(first, "news", SETTINGS);
        append(log, draft("m"));

        first.close();
        var next = open(new MemoryLog(new MemoryLog.Settings(), context(random)), "news", SETTINGS);

        assertThat(log.oldest()).isEqualTo(2);
        assertThat(append(log, draft("m"))).isInstanceOf(Appended.Refused.class);
        assertThat(next.epoch()).isNotEqualTo(log.epoch());
    }

    /** What a text of so many bytes counts for. */
    private static int weight(int length) {
        return 96 + length + Draft.DEFAULT_EVENT.length();
    }

    private static void remember(RememberedKeys keys, String key, long expiresNanos) {
        keys.remember(
                new ChannelName("news"),
                key,
                new RememberedKeys.Use(new Position(1, 1), java.time.Instant.EPOCH, 1, expiresNanos));
    }

    private static boolean find(RememberedKeys keys, String key, long nowNanos) {
        return keys.find(new ChannelName("news"), key, nowNanos) != null;
    }

    private MemoryLog engine(MemoryLog.Settings settings) {
        return new MemoryLog(settings, context(new Random(1)));
    }

    private EngineContext context(Random random) {
        return new EngineContext(clock, new HubConfig(), Runnable::run, Runnable::run, random, () -> "boot");
    }
}
