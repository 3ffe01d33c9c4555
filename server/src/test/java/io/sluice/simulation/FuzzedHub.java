package io.sluice.simulation;

import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.log.MemoryLog;
import io.sluice.testkit.ManualClock;
import java.util.Map;
import java.util.Random;

/** A hub in memory for one input. */
final class FuzzedHub {
    private static final HubConfig CONFIG =
            new HubConfig().with(Map.of("default", new NamespaceConfig().on("memory", Durability.MEMORY)));

    private FuzzedHub() {}

    static SimulatedServer start(ManualClock clock) {
        Simulate.quiet();
        return new SimulatedServer(
                CONFIG, clock, 1, "boot", context -> new MemoryLog(new MemoryLog.Settings(), context), null, null);
    }

    /** Everything that is due happens. */
    static void settle(SimulatedServer server) {
        var order = new Random(1);
        while (server.runOne(order)) {
            // The next task.
        }
    }

    static void stop(SimulatedServer server) {
        server.engine.close();
        settle(server);
    }
}
