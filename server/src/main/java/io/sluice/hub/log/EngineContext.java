package io.sluice.hub.log;

import io.sluice.config.HubConfig;
import io.sluice.net.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What an engine is given from outside, so that a test or a simulation can be its world.
 *
 * @param clock the only clock it reads
 * @param hub the plane's settings: data folder, namespaces, sizes of the tails in memory
 * @param writer runs the one writer's turns: a single platform thread, since storage calls block in native code
 * @param reader runs cold reads: a few platform threads with a bounded queue; a rejected read is answered with 503
 * @param random for new epochs
 * @param bootId names the running life of the machine's kernel, or "" where that cannot be known
 */
public record EngineContext(
        Clock clock, HubConfig hub, Executor writer, Executor reader, RandomGenerator random, Supplier<String> bootId) {
    private static final Path LINUX_BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** The real machine's randomness and boot. */
    public static EngineContext of(Clock clock, HubConfig hub, Executor writer, Executor reader) {
        return new EngineContext(clock, hub, writer, reader, new SecureRandom(), EngineContext::linuxBootId);
    }

    private static String linuxBootId() {
        if (!Files.isReadable(LINUX_BOOT_ID)) {
            return "";
        }
        try {
            return Files.readString(LINUX_BOOT_ID).trim();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
