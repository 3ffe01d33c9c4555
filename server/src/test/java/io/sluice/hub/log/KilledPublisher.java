package io.sluice.hub.log;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.LogEngine;
import io.sluice.net.Clock;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The process that {@link KillNineTest} kills: publishes as fast as it can to a few channels and prints {@code channel
 * epoch.offset key} for every publication that was acknowledged.
 */
final class KilledPublisher {
    static final int CHANNELS = 6;
    private static final int IN_FLIGHT = 32;

    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    private final AtomicLong sent = new AtomicLong();
    private final String run;

    private KilledPublisher(String run) {
        this.run = run;
    }

    /** Arguments: the data folder, the name of this run, then {@code power} if one more channel is to be so durable. */
    public static void main(String[] arguments) throws InterruptedException {
        var engine = new DiskLog(new DiskConfig(), context(Path.of(arguments[0])));
        var publisher = new KilledPublisher(arguments[1]);
        for (int i = 0; i < CHANNELS; i++) {
            if (i == 0 && arguments.length == 2) {
                continue;
            }
            var durability = i == 0 ? Durability.POWER : Durability.PROCESS;
            engine.open(channel(i), settings(durability), log -> {}, opened -> {
                var log = ((LogEngine.Opened.Ready) opened).log();
                for (int n = 0; n < IN_FLIGHT; n++) {
                    publisher.publish(log);
                }
            });
        }
        new CountDownLatch(1).await();
    }

    static ChannelName channel(int index) {
        return new ChannelName((index == 0 ? "power:" : "room:") + index);
    }

    static NamespaceConfig settings(Durability durability) {
        return new NamespaceConfig()
                .on("disk", durability)
                .keeping(10_000_000, new DataSize(1L << 40), Duration.ofDays(7));
    }

    static EngineContext context(Path folder) {
        var hub = new HubConfig().in(folder).withTail(64);
        return EngineContext.of(
                Clock.SYSTEM,
                hub,
                Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory()),
                Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory()));
    }

    private void publish(ChannelLog log) {
        var key = run + "-" + sent.incrementAndGet();
        log.append(EngineWorld.draft(key).withKey(key), appended -> {
            if (appended instanceof Appended.Stored stored) {
                print(log.name() + " " + stored.position() + " " + key + "\n");
            }
            publish(log);
        });
    }

    private void print(String line) {
        try {
            out.write(line.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
