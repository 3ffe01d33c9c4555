package io.sluice.hub.transport;

import io.sluice.config.ConfigReader;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.net.Clock;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The servers and readers that the contract of the transports holds for: every kind of reader, every engine. */
final class ContractServers {
    private ContractServers() {}

    /** An engine with the durability that it has by default. */
    enum Engine {
        MEMORY("memory", Durability.MEMORY),
        DISK("disk", Durability.PROCESS);

        private final String type;
        private final Durability durability;

        Engine(String type, Durability durability) {
            this.type = type;
            this.durability = durability;
        }

        NamespaceConfig settings() {
            return new NamespaceConfig().on(type, durability);
        }

        EdgeServer start(Path folder) {
            return EdgeServer.with(settings(), folder);
        }

        /** With these lines of configuration, in this time. */
        EdgeServer start(Path folder, Clock clock, String yaml) {
            return EdgeServer.with(ConfigReader.parse(hub(folder) + yaml, "test.yaml", Map.of()), clock);
        }

        /** As a process of its own, which can be killed and started again; without tokens. */
        ServerProcess process(Path folder) throws IOException {
            var config = folder.resolve("sluice.yaml");
            Files.writeString(config, hub(folder.resolve("data")) + "auth: {mode: none}\n");
            return ServerProcess.serving(config);
        }

        private String hub(Path folder) {
            return "hub: {data_dir: '" + folder + "', namespaces: {default: {engine: " + type + ", durability: "
                    + durability.name().toLowerCase(Locale.ROOT) + "}}}\n";
        }

        /** The name in {@code Engines.ALL}. */
        String type() {
            return type;
        }

        /** Whether a channel outlives its server. */
        boolean stores() {
            return durability != Durability.MEMORY;
        }
    }

    static Stream<Arguments> everyKindOnEveryEngine() {
        return Arrays.stream(Engine.values())
                .flatMap(engine -> Arrays.stream(ClientKind.values()).map(kind -> Arguments.of(kind, engine)));
    }
}
