package io.sluice.cli;

import io.sluice.config.Config;
import io.sluice.config.ConfigException.Problem;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** A server as the command line sees it: what {@code Main} makes of an {@code Edge}. */
public interface Server {
    /** Opens all sockets; throws when one cannot be had. */
    void bind();

    /** Begins to take connections. */
    void serve();

    /** Stops accepting and lets what runs finish, for at most {@code grace}. */
    void drain(Duration grace);

    /** Closes everything. Idempotent. */
    void close();

    /** What was bound, as URLs: the edge first, then admin. */
    List<String> addresses();

    /** Makes servers. */
    @FunctionalInterface
    interface Maker {
        /** @param again reads the configuration anew; throws {@link io.sluice.config.ConfigException} */
        Server make(Config config, Supplier<Config> again);

        /** What is wrong with a configuration beyond what its own rules say, such as names that are in no list. */
        default List<Problem> problems(Config config) {
            return List.of();
        }
    }
}
