package io.sluice.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The hub plane.
 *
 * @param dataDir the folder of the disk engine; one server at a time
 * @param namespaces settings by namespace name; {@code default} serves every other channel
 * @param maxChannels how many channels may be open at once; beyond it 503
 * @param maxMessageSize the largest publication body, 1 byte to 16 MiB
 * @param tailMessages how many of a channel's newest publications stay in memory when its engine stores elsewhere
 * @param tailBytes the same in bytes per channel
 * @param heartbeat how often quiet streams are pinged; a WebSocket peer silent for {@code 2.4} heartbeats is closed
 * @param presenceGrace how long a user may be gone without having left
 * @param batchWindow the longest time that deliveries may wait to leave together when the rate is high; zero turns it off
 * @param maxSubscriptions how many channels one session may subscribe to
 * @param disk the engine that stores in {@code dataDir}
 */
public record HubConfig(
        Path dataDir,
        Map<String, NamespaceConfig> namespaces,
        int maxChannels,
        DataSize maxMessageSize,
        int tailMessages,
        DataSize tailBytes,
        Duration heartbeat,
        Duration presenceGrace,
        Duration batchWindow,
        int maxSubscriptions,
        DiskConfig disk) {

    public HubConfig() {
        this(
                Path.of("data"),
                Map.of("default", new NamespaceConfig()),
                100_000,
                DataSize.mib(1),
                1_024,
                DataSize.mib(1),
                Duration.ofSeconds(25),
                Duration.ofSeconds(5),
                Duration.ofMillis(5),
                1_000,
                new DiskConfig());
    }

    public HubConfig {
        namespaces = Map.copyOf(namespaces);
        require(namespaces.containsKey("default"), "namespaces: must contain 'default'");
        require(maxChannels >= 1, "max_channels: must be at least 1");
        require(
                maxMessageSize.bytes() >= 1 && maxMessageSize.bytes() <= 16 << 20,
                "max_message_size: must be 1 byte to 16MiB");
        require(tailMessages >= 1, "tail_messages: must be at least 1");
        require(tailBytes.bytes() >= 1024, "tail_bytes: must be at least 1KiB");
        require(heartbeat.toMillis() >= 1000, "heartbeat: must be at least 1s");
        require(!presenceGrace.isNegative(), "presence_grace: must not be negative");
        require(!batchWindow.isNegative() && batchWindow.toMillis() <= 5, "batch_window: must be 0ms to 5ms");
        require(maxSubscriptions >= 1, "max_subscriptions: must be at least 1");
    }

    /** The same in another folder: for the demo, programs and tests. */
    public HubConfig in(Path otherDataDir) {
        return new HubConfig(
                otherDataDir,
                namespaces,
                maxChannels,
                maxMessageSize,
                tailMessages,
                tailBytes,
                heartbeat,
                presenceGrace,
                batchWindow,
                maxSubscriptions,
                disk);
    }

    /** The same with these namespaces: for programs and tests. */
    public HubConfig with(Map<String, NamespaceConfig> otherNamespaces) {
        return new HubConfig(
                dataDir,
                otherNamespaces,
                maxChannels,
                maxMessageSize,
                tailMessages,
                tailBytes,
                heartbeat,
                presenceGrace,
                batchWindow,
                maxSubscriptions,
                disk);
    }

    /** The same with one namespace for every channel: for programs and tests. */
    public HubConfig with(NamespaceConfig everything) {
        return with(Map.of("default", everything));
    }

    /** The same with another disk engine: for programs and tests. */
    public HubConfig with(DiskConfig otherDisk) {
        return new HubConfig(
                dataDir,
                namespaces,
                maxChannels,
                maxMessageSize,
                tailMessages,
                tailBytes,
                heartbeat,
                presenceGrace,
                batchWindow,
                maxSubscriptions,
                otherDisk);
    }

    /** The same with so many of a channel's newest publications in memory: for programs and tests. */
    public HubConfig withTail(int messages) {
        return new HubConfig(
                dataDir,
                namespaces,
                maxChannels,
                maxMessageSize,
                messages,
                tailBytes,
                heartbeat,
                presenceGrace,
                batchWindow,
                maxSubscriptions,
                disk);
    }

    /** The same with another grace and another window: for programs and tests. */
    public HubConfig waiting(Duration otherPresenceGrace, Duration otherBatchWindow) {
        return new HubConfig(
                dataDir,
                namespaces,
                maxChannels,
                maxMessageSize,
                tailMessages,
                tailBytes,
                heartbeat,
                otherPresenceGrace,
                otherBatchWindow,
                maxSubscriptions,
                disk);
    }

    /** The settings that apply to a channel of {@code namespace}. */
    public NamespaceConfig namespace(String namespace) {
        var own = namespaces.get(namespace);
        return own != null ? own : java.util.Objects.requireNonNull(namespaces.get("default"));
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
