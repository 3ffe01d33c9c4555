package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.append;
import static io.sluice.hub.log.EngineWorld.appending;
import static io.sluice.hub.log.EngineWorld.await;
import static io.sluice.hub.log.EngineWorld.draft;
import static io.sluice.hub.log.EngineWorld.read;
import static io.sluice.hub.log.EngineWorld.store;
import static io.sluice.hub.log.EngineWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.config.DataSize;
import io.sluice.http.ClientError;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Epoch;
import io.sluice.hub.Payload;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every engine does, whatever it is made of. */
final class LogEngineContractTest {
    private static final Duration LONG = Duration.ofDays(365);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void anEmptyChannelStandsBeforeItsFirstPublication(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");

            assertThat(log.name()).isEqualTo(new ChannelName("news"));
            assertThat(log.newest()).isZero();
            assertThat(log.oldest()).isEqualTo(1);
            assertThat(log.peek(1)).isNull();
            assertThat(texts(log, 0)).isEmpty();
            assertThat(Epoch.belongsTo(log.epoch(), log.name())).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void offsetsAreConsecutiveFromOne(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");

            var positions = IntStream.rangeClosed(1, 5)
                    .mapToObj(i -> store(log, "m" + i))
                    .toList();

            assertThat(positions).extracting(Position::offset).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(positions).extracting(Position::epoch).containsOnly(log.epoch());
            assertThat(texts(log, 0)).containsExactly("m1", "m2", "m3", "m4", "m5");
            assertThat(texts(log, 3)).containsExactly("m4", "m5");
            assertThat(texts(log, 5)).isEmpty();
            assertThat(texts(log, Long.MAX_VALUE)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPublicationComesBackWhole(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            var payload = new Payload(Payload.Kind.BINARY, new byte[] {0, 1, -1}, "image/x");
            var draft = new Draft("tick", "alice", Map.of("a", "1", "ü", "ß"), payload, null, null);

            append(log, draft);
            append(log, Draft.of(Payload.json("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))));

            var found = read(reopened(world, log), 0, 10, 1000).getFirst();
            assertThat(found.event()).isEqualTo("tick");
            assertThat(found.from()).isEqualTo("alice");
            assertThat(found.headers()).isEqualTo(Map.of("a", "1", "ü", "ß"));
            assertThat(found.payload().kind()).isEqualTo(Payload.Kind.BINARY);
            assertThat(found.payload().bytes()).containsExactly(0, 1, -1);
            assertThat(found.payload().contentType()).isEqualTo("image/x");
            assertThat(found.time()).isEqualTo(world.clock.now());
        }
    }

    private static ChannelLog reopened(EngineWorld world, ChannelLog log) {
        return world.engine().evict(log) ? world.open(log.name().value()) : log;
    }

    @ParameterizedTest
    @EnumSource
    void becomesVisibleThenTellsTheListenerThenAnswers(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var events = new ConcurrentLinkedQueue<String>();
            var log = world.open("news", world.settings(), told -> {
                var newest = told.peek(told.newest());
                events.add("told " + (newest == null ? "nothing" : newest.offset()));
            });

            for (int i = 0; i < 3; i++) {
                var answered = new CompletableFuture<Appended>();
                log.append(draft("m"), appended -> {
                    events.add("answered "
                            + ((Appended.Stored) appended).position().offset());
                    answered.complete(appended);
                });
                await(answered);
            }

            assertThat(events).containsExactly("told 1", "answered 1", "told 2", "answered 2", "told 3", "answered 3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsNoMoreThanSoManyPublications(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news", world.settings().keeping(3, DataSize.mib(1), LONG));

            store(log, 1, 1000);

            assertThat(log.oldest()).isEqualTo(998);
            assertThat(log.peek(997)).isNull();
            assertThat(texts(log, 0)).containsExactly("m998", "m999", "m1000");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsNoMoreThanSoManyBytes(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news", world.settings().keeping(1000, DataSize.kib(2), LONG));

            IntStream.range(0, 10).forEach(i -> store(log, "x".repeat(400)));
            var kept = read(log, 0, 100, Integer.MAX_VALUE);

            assertThat(kept).hasSize(4);
            assertThat(kept.stream().mapToInt(Publication::weight).sum()).isLessThanOrEqualTo(2048);
            store(log, "y".repeat(5000));
            assertThat(texts(log, 0)).containsExactly("y".repeat(5000));
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsNothingBeyondItsAge(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news", world.settings().keeping(1000, DataSize.mib(1), Duration.ofMinutes(10)));
            store(log, "old");
            world.clock.advance(Duration.ofMinutes(6));
            store(log, "young");

            world.advanceAndSweep(Duration.ofMinutes(5));

            assertThat(texts(log, 0)).containsExactly("young");
            world.advanceAndSweep(Duration.ofMinutes(5));
            assertThat(log.oldest()).isEqualTo(3);
            assertThat(texts(log, 0)).isEmpty();
            assertThat(store(log, "next").offset()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsAreBoundedByCountAndBytesButGiveAtLeastOne(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            IntStream.range(0, 10).forEach(i -> store(log, "x".repeat(1000)));

            assertThat(read(log, 2, 3, 1 << 20)).extracting(Publication::offset).containsExactly(3L, 4L, 5L);
            assertThat(read(log, 0, 100, 2500)).hasSize(2);
            assertThat(read(log, 0, 100, 1)).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRepeatedKeyGetsTheFirstAnswer(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            var first = (Appended.Stored) append(log, draft("a").withKey("k"));
            world.clock.advance(Duration.ofHours(23));

            var again = append(log, draft("a").withKey("k"));

            assertThat(again).isEqualTo(new Appended.Replayed(first.position(), first.time()));
            assertThat(log.newest()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRepeatedKeyWithAnotherBodyIsRefused(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            append(log, draft("a").withKey("k"));

            var other = append(log, draft("b").withKey("k"));

            assertThat(error(other)).isEqualTo(ClientError.IDEMPOTENCY_MISMATCH);
            assertThat(log.newest()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameKeyInFlightTwiceAppendsOnce(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");

            var answers = IntStream.range(0, 50)
                    .mapToObj(i -> appending(log, draft("a").withKey("k")))
                    .map(EngineWorld::await)
                    .toList();

            assertThat(log.newest()).isEqualTo(1);
            assertThat(answers).filteredOn(Appended.Stored.class::isInstance).hasSize(1);
            assertThat(answers).filteredOn(Appended.Replayed.class::isInstance).hasSize(49);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyIsForgottenAfterItsWindowAndBelongsToOneChannel(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            var other = world.open("sports");
            append(log, draft("a").withKey("k"));

            assertThat(append(other, draft("b").withKey("k"))).isInstanceOf(Appended.Stored.class);
            world.advanceAndSweep(Duration.ofHours(24));
            assertThat(append(log, draft("b").withKey("k"))).isInstanceOf(Appended.Stored.class);
            world.sweep();
            assertThat(append(log, draft("b").withKey("k"))).isInstanceOf(Appended.Replayed.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void appendsOnlyWhenTheNewestIsStillTheNewest(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            var first = append(log, draft("a").ifNewest(new Position(log.epoch(), 0)));

            var late = append(log, draft("b").ifNewest(new Position(log.epoch(), 0)));
            var elsewhere = append(log, draft("b").ifNewest(new Position(log.epoch() + 1, 1)));
            var fine = append(log, draft("b").ifNewest(((Appended.Stored) first).position()));

            assertThat(error(late)).isEqualTo(ClientError.PRECONDITION_FAILED);
            assertThat(error(elsewhere)).isEqualTo(ClientError.PRECONDITION_FAILED);
            assertThat(fine).isInstanceOf(Appended.Stored.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofManyThatWantToBeNextOneIs(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            var wanted = new Position(log.epoch(), 0);

            var answers = IntStream.range(0, 20)
                    .mapToObj(i -> appending(log, draft("m" + i).ifNewest(wanted)))
                    .map(EngineWorld::await)
                    .toList();

            assertThat(answers).filteredOn(Appended.Stored.class::isInstance).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void publishersAndReadersAtOnceSeeOneOrder(EngineWorld.Kind kind) throws InterruptedException {
        long seed = Long.getLong("sluice.seed", 20261121L);
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            var readers = new ArrayList<List<String>>();
            var threads = new ArrayList<Thread>();
            for (int r = 0; r < 3; r++) {
                var seen = new ArrayList<String>();
                readers.add(seen);
                var random = new Random(seed + r);
                threads.add(Thread.ofPlatform().start(() -> follow(log, 2000, random, seen)));
            }
            for (int p = 0; p < 4; p++) {
                int publisher = p;
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 500; i++) {
                        store(log, publisher + ":" + i);
                    }
                }));
            }
            for (var thread : threads) {
                thread.join();
            }

            var all = texts(log, 0);

            assertThat(all).as("seed %d", seed).hasSize(2000).doesNotHaveDuplicates();
            assertThat(readers).allSatisfy(seen -> assertThat(seen).isEqualTo(all));
            for (int p = 0; p < 4; p++) {
                var own = p + ":";
                assertThat(all.stream().filter(text -> text.startsWith(own)))
                        .containsExactlyElementsOf(
                                IntStream.range(0, 500).mapToObj(i -> own + i).toList());
            }
        }
    }

    private static void follow(ChannelLog log, int count, Random random, List<String> seen) {
        while (seen.size() < count) {
            for (var publication : read(log, seen.size(), 1 + random.nextInt(50), 1 << 20)) {
                if (publication.offset() != seen.size() + 1) {
                    throw new AssertionError("read " + publication.offset() + " after " + seen.size());
                }
                seen.add(EngineWorld.text(publication));
            }
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasLetGoOfContinuesWhenItIsOpenedAgain(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            store(log, 1, 20);

            boolean evicted = world.engine().evict(log);

            assertThat(evicted).isEqualTo(kind != EngineWorld.Kind.MEMORY);
            var next = evicted ? world.open("news") : log;
            assertThat(next.epoch()).isEqualTo(log.epoch());
            assertThat(store(next, "m21").offset()).isEqualTo(21);
            assertThat(texts(next, 18)).containsExactly("m19", "m20", "m21");
            if (evicted) {
                assertThat(error(append(log, draft("late")))).isEqualTo(ClientError.OVERLOADED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUnusedChannelIsLetGoOfAndKeepsItsEpoch(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");

            assertThat(world.engine().evict(log)).isTrue();
            assertThat(world.open("news").epoch()).isEqualTo(log.epoch());
        }
    }

    @ParameterizedTest
    @EnumSource
    void openingTwiceIsABug(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            world.open("news");

            assertThatThrownBy(() -> world.open("news")).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRestartKeepsTheEpochOnlyWhereItKeepsTheLog(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            store(log, 1, 3);

            world.restart();
            var next = world.open("news");

            boolean kept = kind != EngineWorld.Kind.MEMORY;
            assertThat(next.epoch() == log.epoch()).isEqualTo(kept);
            assertThat(next.newest()).isEqualTo(kept ? 3 : 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aListenerThatFailsStopsNobody(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news", world.settings(), told -> {
                throw new IllegalStateException("a bug");
            });

            store(log, 1, 3);

            assertThat(log.newest()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterCloseAppendsAreRefused(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            var log = world.open("news");
            world.engine().close();

            assertThat(append(log, draft("late"))).isInstanceOf(Appended.Refused.class);
        }
    }

    private static ClientError error(Appended appended) {
        assertThat(appended).isInstanceOf(Appended.Refused.class);
        return ((Appended.Refused) appended).problem().error();
    }
}
