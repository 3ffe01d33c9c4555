package io.sluice.bench;

import java.nio.file.Path;

/**
 * What a benchmark changes of Sluice's defaults.
 *
 * @param engine {@code disk} or {@code memory}
 * @param durability {@code memory}, {@code process} or {@code power}
 * @param sessions {@code limits.admission.sessions}
 */
record SluiceSettings(String engine, String durability, String sessions) {
    SluiceSettings(String engine, String durability) {
        this(engine, durability, "unlimited");
    }

    SluiceSettings(String engine) {
        this(engine, engine.equals("memory") ? "memory" : "process");
    }

    /** The same with a bounded rate of new sessions. */
    SluiceSettings admitting(String rate) {
        return new SluiceSettings(engine, durability, rate);
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
                    sessions: %s
                """.formatted(port, adminPort, data, engine, durability, sessions);
    }
}
