package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.ConfigException.Problem;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.net.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of engines, and what each is started with. */
final class EnginesTest {
    private static final Path LINUX_BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    @TempDir
    Path folder;

    @Test
    void eachStartsUnderTheNameThatConfigurationHasForIt() {
        for (var type : Engines.ALL) {
            try (var engine = type.start(context())) {
                assertThat(engine.name()).isEqualTo(type.name());
                assertThat(engine.ailment()).isNull();
            }
        }
    }

    @Test
    void everyNamespaceThatNamesNoneOfThemIsAProblem() {
        var hub = new HubConfig()
                .with(Map.of(
                        "default", new NamespaceConfig(),
                        "chat", new NamespaceConfig().on("disc", Durability.PROCESS),
                        "feed", new NamespaceConfig().on("elsewhere", Durability.PROCESS),
                        "typing", new NamespaceConfig().on("memory", Durability.MEMORY)));

        assertThat(Engines.problems(hub, Set.of("elsewhere")))
                .containsExactly(new Problem(
                        "hub.namespaces.chat.engine",
                        "no engine is called 'disc'; there are memory, disk, elsewhere",
                        ""));
        assertThat(Engines.problems(hub, Set.of()))
                .extracting(Problem::path)
                .containsExactlyInAnyOrder("hub.namespaces.chat.engine", "hub.namespaces.feed.engine");
    }

    @Test
    void theBootOfTheMachineIsTheKernelsWhereItTellsOne() throws IOException {
        var kernels = Files.isReadable(LINUX_BOOT_ID)
                ? Files.readString(LINUX_BOOT_ID).trim()
                : "";

        assertThat(context().bootId().get()).isEqualTo(kernels);
    }

    private EngineContext context() {
        return EngineContext.of(Clock.SYSTEM, new HubConfig().in(folder), Runnable::run, Runnable::run);
    }
}
