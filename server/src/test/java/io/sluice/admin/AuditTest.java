package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.LogLines;
import io.sluice.testkit.WebSocketClient;
import org.junit.jupiter.api.Test;

/** One line for each thing that an operator did: what, to whom, from where, by which request. */
class AuditTest {
    private static final String AUDIT = "io.sluice.audit ";

    @Test
    void saysWhatWasRevokedAndByWhichRequest() {
        try (var server = EdgeServer.inMemory();
                var log = new LogLines();
                var alice = WebSocketClient.connectAs(server, "alice")) {
            var api = new ApiClient(server);
            alice.call("ping", "");

            var revoked = api.admin("/v1/admin/revoke", "{\"user\":\"alice\"}");
            api.admin("/v1/admin/revoke", "{\"token_id\":\"t-1\"}");
            api.admin("/v1/admin/revoke", "{\"session\":\"s-1\"}");

            assertThat(revoked.json().path("sessions").asInt()).isEqualTo(1);
            assertThat(audited(log))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .matches(
                                            "action=revoke user=alice sessions=1 peer=127\\.0\\.0\\.1 request=\\w{20}"),
                            line -> assertThat(line)
                                    .matches(
                                            "action=revoke token_id=t-1 sessions=0 peer=127\\.0\\.0\\.1 request=\\w{20}"),
                            line -> assertThat(line)
                                    .matches(
                                            "action=revoke session=s-1 sessions=0 peer=127\\.0\\.0\\.1 request=\\w{20}"));
        }
    }

    @Test
    void saysThatADrainBegan() {
        try (var server = EdgeServer.inMemory();
                var log = new LogLines()) {
            new ApiClient(server).admin("/v1/admin/drain", "");

            Eventually.holds(() -> audited(log).size() == 1);
            assertThat(audited(log).getFirst()).matches("action=drain sessions=0 peer=127\\.0\\.0\\.1 request=\\w{20}");
        }
    }

    @Test
    void whatIsRefusedOrOnlyLookedAtIsNoDeed() {
        try (var server = EdgeServer.inMemory();
                var log = new LogLines()) {
            var api = new ApiClient(server);
            api.admin("/v1/admin/revoke", "{\"user\":\"a\\nsessions=9\"}");
            api.admin("/v1/admin/sessions");

            assertThat(audited(log)).isEmpty();
        }
    }

    private static java.util.List<String> audited(LogLines log) {
        return log.all().stream()
                .filter(line -> line.startsWith(AUDIT))
                .map(line -> line.substring(AUDIT.length()))
                .toList();
    }
}
