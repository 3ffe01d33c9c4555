package io.sluice.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.MavenPeer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Autobahn's fuzzing client on the echo route. {@code -Dsluice.autobahn=all} plays its large messages too. */
final class AutobahnTest {
    private static final boolean ALL = System.getProperty("sluice.autobahn", "").equals("all");
    private static final int GROUP_9 = 54;
    /** What the suite only looks at: how a server takes what RFC 6455 leaves open. */
    private static final Set<String> LOOKED_AT = Set.of("7.1.6", "7.13.1", "7.13.2");

    private static final Set<String> NON_STRICT = Set.of("6.4.1", "6.4.2", "6.4.3", "6.4.4");

    @Test
    void everyMandatoryCasePasses() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            var suite = MavenPeer.named("autobahn").within(Duration.ofMinutes(ALL ? 15 : 5));

            var said = suite.run("Autobahn.java", "ws://127.0.0.1:" + server.port() + "/v1/echo", ALL ? "" : "9.*");

            var cases = said.stream().filter(line -> line.startsWith("case ")).toList();
            assertThat(cases).hasSize(Suite.AUTOBAHN.cases() + (ALL ? GROUP_9 : 0));
            assertThat(named(cases, " INFORMATIONAL INFORMATIONAL")).isEqualTo(LOOKED_AT);
            assertThat(named(cases, " NON-STRICT OK")).isEqualTo(NON_STRICT);
            assertThat(cases.stream().filter(line -> line.endsWith(" OK OK")).count())
                    .as(String.join("\n", cases))
                    .isEqualTo(cases.size() - LOOKED_AT.size() - NON_STRICT.size());
            assertThat(Suite.AUTOBAHN.passed()).isEqualTo(Suite.AUTOBAHN.cases() - NON_STRICT.size());
        }
    }

    private static Set<String> named(List<String> cases, String outcome) {
        return Set.copyOf(cases.stream()
                .filter(line -> line.endsWith(outcome))
                .map(line -> line.substring("case ".length(), line.length() - outcome.length()))
                .toList());
    }
}
