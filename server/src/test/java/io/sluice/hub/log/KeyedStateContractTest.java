package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.hub.KeyedState;
import io.sluice.hub.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the keyed state beside the logs does, whatever the engine is made of. */
final class KeyedStateContractTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void isReadBackByKeyAndInOrder(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            assertThat(update(world, put("b/2", "2"), put("b/1", "1"), put("a", "0"), put("c", "3")))
                    .isTrue();

            assertThat(value(world, "b/1")).isEqualTo("1");
            assertThat(value(world, "b")).isNull();
            assertThat(scan(world, "b/", "b/", 9)).containsExactly("b/1=1", "b/2=2");
            assertThat(scan(world, "b/", "b/", 1)).containsExactly("b/1=1");
            assertThat(scan(world, "b/", "b/1", 9)).containsExactly("b/2=2");
            assertThat(scan(world, "d", "d", 9)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void changesAreMadeInOrder(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            assertThat(update(world, put("k", "1"), join("k", "2"), join("new", "1"), put("gone", "1"), delete("gone")))
                    .isTrue();
            assertThat(update(world, join("k", "3"), delete("new"), join("new", "2")))
                    .isTrue();

            assertThat(scan(world, "k", "k", 9)).isEmpty();
            assertThat(value(world, "k")).isEqualTo("123");
            assertThat(value(world, "new")).isEqualTo("2");
            assertThat(value(world, "gone")).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void livesAsLongAsLogsDo(EngineWorld.Kind kind) {
        try (var world = new EngineWorld(kind, folder)) {
            update(world, put("k", "1"));

            world.restart();

            assertThat(value(world, "k")).isEqualTo(kind == EngineWorld.Kind.MEMORY ? null : "1");
        }
    }

    @Test
    void aFailedWriteLeavesItAsItWas() {
        try (var world = new EngineWorld(EngineWorld.Kind.SIMULATED, folder)) {
            update(world, put("k", "1"), put("gone", "1"));
            world.disk().failWrites(true);

            assertThat(update(world, put("k", "2"), put("k", "3"), put("other", "1"), delete("gone")))
                    .isFalse();
            world.disk().work();
            world.sweep();

            assertThat(value(world, "k")).isEqualTo("1");
            assertThat(value(world, "other")).isNull();
            assertThat(value(world, "gone")).isEqualTo("1");
            assertThat(update(world, put("k", "4"))).isTrue();
        }
    }

    @Test
    void theMemoryEngineKeepsAtMostSoManyEntries() {
        var state = new MemoryState(2);
        var answers = new ArrayList<Boolean>();

        state.update(List.of(put("a", "1"), put("b", "1")), answers::add);
        state.update(List.of(put("a", "2")), answers::add);
        state.update(List.of(put("c", "1")), answers::add);
        state.update(List.of(delete("a")), answers::add);
        state.update(List.of(put("c", "1")), answers::add);

        assertThat(answers).containsExactly(true, true, false, true, true);
    }

    private static KeyedState.Change put(String key, String value) {
        return new KeyedState.Put(KeyedState.Kind.WEBHOOKS, key, bytes(value));
    }

    private static KeyedState.Change join(String key, String value) {
        return new KeyedState.Merge(
                KeyedState.Kind.WEBHOOKS,
                key,
                bytes(value),
                (stored, offered) -> bytes(string(stored) + string(offered)));
    }

    private static KeyedState.Change delete(String key) {
        return new KeyedState.Delete(KeyedState.Kind.WEBHOOKS, key);
    }

    private static boolean update(EngineWorld world, KeyedState.Change... changes) {
        var done = new CompletableFuture<Boolean>();
        world.engine().state().update(List.of(changes), done::complete);
        return await(done);
    }

    private static @Nullable String value(EngineWorld world, String key) {
        var found = new CompletableFuture<Outcome<Optional<byte[]>>>();
        world.engine().state().get(KeyedState.Kind.WEBHOOKS, key, found::complete);
        return done(await(found)).map(KeyedStateContractTest::string).orElse(null);
    }

    private static List<String> scan(EngineWorld world, String prefix, String after, int limit) {
        var found = new CompletableFuture<Outcome<List<KeyedState.Entry>>>();
        world.engine().state().scan(KeyedState.Kind.WEBHOOKS, prefix, after, limit, found::complete);
        return done(await(found)).stream()
                .map(entry -> entry.key() + "=" + string(entry.value()))
                .toList();
    }

    private static <T> T done(Outcome<T> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((Outcome.Done<T>) outcome).value();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static String string(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }
}
