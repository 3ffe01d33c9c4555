package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DiskConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Position;
import io.sluice.testkit.TestJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a publishing process with SIGKILL 200 times: whatever it acknowledged is there afterwards. */
final class KillNineTest {
    private static final int KILLS = 200;
    private static final int FOLDERS = 2;

    private record Acknowledged(Position position, String key) {}

    @TempDir
    Path folder;

    @Test
    void whatWasAcknowledgedSurvivesEveryKill() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        var runs = IntStream.range(0, FOLDERS)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> killOften(folder.resolve("data" + i), new Random(seed + i), KILLS / FOLDERS),
                        task -> Thread.ofPlatform().start(task)))
                .toList();

        var acknowledged = runs.stream().map(CompletableFuture::join).toList();

        for (int i = 0; i < FOLDERS; i++) {
            checkEverything(folder.resolve("data" + i), acknowledged.get(i), seed);
        }
    }

    private static Map<String, List<Acknowledged>> killOften(Path data, Random random, int times) {
        var acknowledged = new HashMap<String, List<Acknowledged>>();
        for (int i = 0; i < times; i++) {
            try {
                runAndKill(data, "run" + i, random, acknowledged);
            } catch (IOException | InterruptedException failure) {
                throw new IllegalStateException(failure);
            }
        }
        return acknowledged;
    }

    private static void runAndKill(Path data, String run, Random random, Map<String, List<Acknowledged>> acknowledged)
            throws IOException, InterruptedException {
        var process = start(data, run, random.nextBoolean());
        try (var lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            if (random.nextInt(10) == 0) {
                boolean ended = process.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS); // perhaps while it starts
                assertThat(ended)
                        .as("the publisher ends only when it is killed")
                        .isFalse();
            } else {
                collect(lines, 1 + random.nextInt(1_000), acknowledged);
            }
            process.toHandle().destroyForcibly(); // unlike the process itself, leaves what it printed readable
            collect(lines, Integer.MAX_VALUE, acknowledged);
            assertThat(process.waitFor()).isEqualTo(128 + 9);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(Path data, String run, boolean power) throws IOException {
        var command = TestJvm.command(
                List.of("-Xmx96m", "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider"),
                KilledPublisher.class.getName(),
                data.toString(),
                run);
        if (power) {
            command.add("power");
        }
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Reads up to so many whole lines; a last one that the kill cut short was acknowledged to nobody. */
    private static void collect(BufferedReader lines, int count, Map<String, List<Acknowledged>> acknowledged)
            throws IOException {
        for (int i = 0; i < count; i++) {
            var line = lines.readLine();
            if (line == null) {
                return;
            }
            var parts = line.split(" ", -1);
            var position = parts.length == 3 ? Position.parse(parts[1]) : null;
            if (position != null) {
                acknowledged
                        .computeIfAbsent(parts[0], c -> new ArrayList<>())
                        .add(new Acknowledged(position, parts[2]));
            }
        }
    }

    private static void checkEverything(Path data, Map<String, List<Acknowledged>> acknowledged, long seed) {
        var engine = new DiskLog(new DiskConfig(), KilledPublisher.context(data));
        try (engine) {
            assertThat(engine.found()).isEqualTo("a stop without warning, nothing lost");
            long total = 0;
            for (int i = 0; i < KilledPublisher.CHANNELS; i++) {
                var log = open(engine, i);
                var expected =
                        Objects.requireNonNull(acknowledged.get(log.name().value()));
                check(log, expected, seed);
                total += expected.size();
            }
            assertThat(total).as("it was under load").isGreaterThan(10_000);
        }
    }

    private static void check(ChannelLog log, List<Acknowledged> expected, long seed) {
        var texts = EngineWorld.texts(log, 0);
        assertThat(log.oldest()).isEqualTo(1);
        assertThat(texts).as("seed %d", seed).hasSize((int) log.newest());
        assertThat(new HashSet<>(texts)).as("nothing twice, seed %d", seed).hasSameSizeAs(texts);
        long before = 0;
        for (var each : expected) {
            assertThat(each.position().epoch()).isEqualTo(log.epoch());
            assertThat(each.position().offset()).isGreaterThan(before);
            before = each.position().offset();
            assertThat(texts.get((int) before - 1))
                    .as("%s, seed %d", each, seed)
                    .isEqualTo(each.key());
        }
        for (int i = 0; i < expected.size(); i += Math.max(1, expected.size() / 200)) {
            var again = expected.get(i);
            var answer = EngineWorld.append(log, EngineWorld.draft(again.key()).withKey(again.key()));
            assertThat(answer).isInstanceOf(Appended.Replayed.class);
            assertThat(((Appended.Replayed) answer).position()).isEqualTo(again.position());
        }
    }

    private static ChannelLog open(LogEngine engine, int index) {
        var opened = new CompletableFuture<LogEngine.Opened>();
        var durability = index == 0 ? Durability.POWER : Durability.PROCESS;
        engine.open(KilledPublisher.channel(index), KilledPublisher.settings(durability), told -> {}, opened::complete);
        return ((LogEngine.Opened.Ready) EngineWorld.await(opened)).log();
    }
}
