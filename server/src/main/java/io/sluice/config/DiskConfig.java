package io.sluice.config;

/**
 * The disk engine.
 *
 * @param reserve publications are refused with 503 while less room than this is left on the disk
 * @param coldCache memory for publications that readers far behind made it read back from disk, at least 1MiB
 */
public record DiskConfig(DataSize reserve, DataSize coldCache) {
    public DiskConfig() {
        this(DataSize.mib(64), DataSize.mib(64));
    }

    public DiskConfig {
        if (coldCache.bytes() < 1 << 20) {
            throw new IllegalArgumentException("cold_cache: must be at least 1MiB");
        }
    }
}
