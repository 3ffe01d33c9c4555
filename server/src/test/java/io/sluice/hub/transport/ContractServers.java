package io.sluice.hub.transport;

import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.EdgeServer;
import java.nio.file.Path;
import java.util.Arrays;
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
    }

    static Stream<Arguments> everyKindOnEveryEngine() {
        return Arrays.stream(Engine.values())
                .flatMap(engine -> Arrays.stream(ClientKind.values()).map(kind -> Arguments.of(kind, engine)));
    }
}
