package io.sluice.cli;

import io.sluice.config.Config;
import io.sluice.config.ConfigReader;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}: which file the configuration is read from. */
final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration; else SLUICE_CONFIG, else the defaults.")
    private @Nullable Path file;

    ConfigOption() {}

    ConfigOption(Path file) {
        this.file = file;
    }

    Config read(Map<String, String> environment, Server.Maker servers) {
        var named = environment.get("SLUICE_CONFIG");
        return ConfigReader.read(file != null || named == null ? file : Path.of(named), environment, servers::problems);
    }
}
