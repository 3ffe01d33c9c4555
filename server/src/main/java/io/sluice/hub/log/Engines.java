package io.sluice.hub.log;

import java.util.List;

/** Every engine a namespace may name. */
public final class Engines {
    public static final List<EngineType<?>> ALL = List.of(
            new EngineType<>("memory", MemoryLog.Settings::new, MemoryLog::new),
            new EngineType<>("disk", DiskLog.Settings::new, DiskLog::new));

    private Engines() {}
}
