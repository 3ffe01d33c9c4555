package io.sluice.bench;

import java.nio.file.Path;

/**
 * What a benchmark changes of Sluice's defaults.
 *
 * @param engine {@code disk} or {@code memory}
 * @param durability {@code memory}, {@code process} or {@code power}
 */
record SluiceSettings(String engine, String durability) {
    SluiceSettings(String engine) {
        this(engine, engine.equals("memory") ? "memory" : "process");
    }

    String yaml(int port, int adminPort, Path data) {
        return """
                edge:
                  port: %d
                admin:
                  port: %d
                hub:
                  data_dir: %s
                  namespaces:
                    default:
                      engine: %s
                      durability: %s
                limits:
                  admission:
                    sessions: unlimited
                """.formatted(port, adminPort, data, engine, durability);
    }
}
