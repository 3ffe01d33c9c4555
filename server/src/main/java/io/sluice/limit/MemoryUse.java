package io.sluice.limit;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/** How full the process's memory is. Thread-safe. */
@FunctionalInterface
public interface MemoryUse {
    /** The fuller of heap and direct memory, in percent. Takes microseconds: asked about once a second. */
    int percent();

    /**
     * This process's: of the heap what was live after the last collection, since garbage is not use; of direct memory what
     * buffers hold.
     */
    static MemoryUse ofProcess() {
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isCollectionUsageThresholdSupported())
                .toList();
        return () -> Math.max(heapPercent(pools), directPercent());
    }

    private static int heapPercent(List<MemoryPoolMXBean> pools) {
        long live = 0;
        for (var pool : pools) {
            var usage = pool.getCollectionUsage();
            live += usage == null ? 0 : usage.getUsed();
        }
        return (int) (live * 100 / Runtime.getRuntime().maxMemory());
    }

    private static int directPercent() {
        long most = PlatformDependent.maxDirectMemory();
        long used = PlatformDependent.usedDirectMemory();
        return most <= 0 || used < 0 ? 0 : (int) (used * 100 / most);
    }
}
