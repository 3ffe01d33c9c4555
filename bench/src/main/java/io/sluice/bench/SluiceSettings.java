package io.sluice.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark changes of Sluice's defaults.
 *
 * @param engine {@code disk} or {@code memory}
 * @param durability {@code memory}, {@code process} or {@code power}
 * @param sessions {@code limits.admission.sessions}
 * @param publishes {@code limits.session.publishes}; null for the default
 * @param more further sections of the configuration, as YAML
 */
public record SluiceSettings(
        String engine,
        String durability,
        String sessions,
        @Nullable String publishes,
        String more) {
    public SluiceSettings(String engine, String durability) {
        this(engine, durability, "unlimited", null, "");
    }

    public SluiceSettings(String engine) {
        this(engine, engine.equals("memory") ? "memory" : "process");
    }

    /** The same with a bounded rate of new sessions. */
    public SluiceSettings admitting(String rate) {
        return new SluiceSettings(engine, durability, rate, publishes, more);
    }

    /** The same with sessions that publish as fast as they like: one session publishes for all. */
    public SluiceSettings publishingFreely() {
        return new SluiceSettings(engine, durability, sessions, "unlimited", more);
    }

    /** The same with further sections. */
    public SluiceSettings with(String sections) {
        return new SluiceSettings(engine, durability, sessions, publishes, sections);
    }

    public String yaml(int port, int adminPort, Path data) {
        var share = publishes == null
                ? ""
                : "  session:\n    publishes: %s\n    bytes: %s\n".formatted(publishes, publishes);
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
                """.formatted(port, adminPort, data, engine, durability, sessions) + share + more;
    }
}
