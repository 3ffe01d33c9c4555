package io.sluice.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.TestJvm;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** What a process prints, whichever way it was logged. */
final class LoggingTest {
    /** Logs in each of the three ways that libraries have. */
    static final class Talker {
        public static void main(String[] arguments) {
            Logging.start("warn", "json");
            LoggerFactory.getLogger("one").warn("by SLF4J");
            java.util.logging.Logger.getLogger("two").log(Level.WARNING, "by the JDK");
            System.getLogger("three").log(System.Logger.Level.WARNING, "by the platform");
            java.util.logging.Logger.getLogger("four").log(Level.INFO, "below the level");
            Logging.stop();
        }
    }

    @Test
    void everyLibrarysLinesHaveTheLevelAndTheFormat() throws IOException, InterruptedException {
        var process = new ProcessBuilder(TestJvm.command(List.of(), Talker.class.getName()))
                .redirectOutput(Redirect.DISCARD)
                .start();
        try {
            var lines = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .map(line -> line.get("logger").asString() + ": "
                            + line.get("event").asString())
                    .toList();

            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(lines).containsExactly("one: by SLF4J", "two: by the JDK", "three: by the platform");
        } finally {
            process.destroyForcibly();
        }
    }
}
