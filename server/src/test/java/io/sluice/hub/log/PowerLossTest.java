package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.DISK;
import static io.sluice.hub.log.EngineWorld.POWER;
import static io.sluice.hub.log.EngineWorld.store;
import static io.sluice.hub.log.EngineWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.hub.log.EngineWorld.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a power cut takes and what it must not take. */
final class PowerLossTest {
    @TempDir
    Path folder;

    @Test
    void anAcknowledgedPowerPublicationSurvivesLosingEverythingNotSynced() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder)) {
            var log = world.open("bank", POWER);
            store(log, 1, 100);

            world.cutPower();

            var found = world.open("bank", POWER);
            assertThat(found.epoch()).isEqualTo(log.epoch());
            assertThat(texts(found, 0)).hasSize(100).last().isEqualTo("m100");
            assertThat(store(found, "next").offset()).isEqualTo(101);
        }
    }

    @Test
    void aProcessChannelHasANewEpochAfterAPowerCut() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder)) {
            var log = world.open("chat", DISK);
            store(log, 1, 10);

            world.cutPower();

            var found = world.open("chat", DISK);
            assertThat(found.epoch()).isNotEqualTo(log.epoch());
            assertThat(found.newest()).isZero();
            assertThat(world.found()).contains("another boot");
        }
    }

    @Test
    void aCleanStopBeforeTheNextBootLosesNothing() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder)) {
            var log = world.open("chat", DISK);
            store(log, 1, 10);
            world.engine().close();

            world.reboot();

            var found = world.open("chat", DISK);
            assertThat(found.epoch()).isEqualTo(log.epoch());
            assertThat(found.newest()).isEqualTo(10);
            assertThat(world.found()).isEqualTo("a clean stop");
        }
    }

    @Test
    void aKillKeepsEveryEpoch() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder)) {
            var log = world.open("chat", DISK);
            store(log, 1, 10);

            world.kill();

            assertThat(world.open("chat", DISK).epoch()).isEqualTo(log.epoch());
            assertThat(world.found()).isEqualTo("a stop without warning, nothing lost");
        }
    }

    @Test
    void atAnyMomentOfARandomHistoryPowerChannelsKeepAllAndReadersAreToldOfTheRest() {
        long seed = Long.getLong("sluice.seed", 7L);
        var random = new Random(seed);
        try (var world = new EngineWorld(Kind.SIMULATED, folder)) {
            var kept = new ArrayList<String>();
            for (int life = 0; life < 30; life++) {
                var bank = world.open("bank", POWER);
                var chat = world.open("chat", DISK);
                for (int i = random.nextInt(20); i >= 0; i--) {
                    boolean toBank = random.nextBoolean();
                    var text = life + "." + i;
                    store(toBank ? bank : chat, text);
                    if (toBank) {
                        kept.add(text);
                    }
                }
                long chatEpoch = chat.epoch();

                world.cutPower();

                var bankNow = world.open("bank", POWER);
                assertThat(texts(bankNow, 0)).as("seed %d", seed).isEqualTo(kept);
                assertThat(bankNow.epoch()).isEqualTo(bank.epoch());
                assertThat(world.open("chat", DISK).epoch()).isNotEqualTo(chatEpoch);
                world.kill();
            }
        }
    }

    @Test
    void rocksSyncsItsLogOncePerPowerPublicationAndNeverForOthers() {
        var store = RocksStore.open(folder);
        var settings = new DiskConfig(new DataSize(0), DataSize.mib(1));
        try (var engine = new DiskLog(settings, KilledPublisher.context(folder), folder, path -> store)) {
            var chat = EngineWorld.open(engine, "chat", DISK);
            var bank = EngineWorld.open(engine, "bank", POWER);
            long atStart = store.walSyncs();

            store(chat, 1, 50);
            long afterProcess = store.walSyncs();
            store(bank, 1, 50);
            long afterPower = store.walSyncs();

            assertThat(afterProcess - atStart).isZero();
            assertThat(afterPower - afterProcess).isEqualTo(50);
        }
    }
}
