package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.SmallDisk;
import io.sluice.testkit.TestClient.Received.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk without room, seen from outside: refusals say when to come back, reads go on, and it ends by itself. */
final class FullDiskServerTest {
    @Test
    void refusesPublishesWhileTheReserveIsNotFreeAndRecovers(@TempDir Path folder) throws Exception {
        try (var small = new SmallDisk(Files.createDirectory(folder.resolve("disk")))) {
            fillAndFree(small);
        }
    }

    private static void fillAndFree(SmallDisk small) throws Exception {
        var disk = new DiskConfig(small.reserve(), DataSize.mib(1));
        var hub = new HubConfig().in(small.folder().resolve("data")).with(disk).with(new NamespaceConfig());
        try (var server = EdgeServer.with(new Config().with(hub));
                var reader = ClientKind.SSE.open(server, "earliest", "c")) {
            var api = new ApiClient(server);
            api.publish("c", "1");
            small.fill();

            Eventually.holds(() -> api.admin("/readyz").status() == 503);
            var refused = api.post("/v1/channels/c/messages", "2", "Idempotency-Key", "k");
            var batch =
                    api.post("/v1/messages", "[{\"channel\":\"c\",\"data\":2}]").json();

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.problem()).isEqualTo("storage-unavailable");
            assertThat(Integer.parseInt(refused.header("retry-after"))).isPositive();
            assertThat(batch.get(0).path("status").asInt()).isEqualTo(503);
            assertThat(api.admin("/readyz").problem()).isEqualTo("storage-unavailable");
            assertThat(api.admin("/readyz").body()).contains("disk: ");
            assertThat(api.admin("/livez").status()).isEqualTo(200);
            assertThat(((Message) reader.next()).data()).isEqualTo("1");
            assertThat(api.get("/v1/channels/c/messages")
                            .json()
                            .path("messages")
                            .size())
                    .isEqualTo(1);

            small.free();
            Eventually.holds(() -> api.admin("/readyz").status() == 200);
            var taken = api.post("/v1/channels/c/messages", "2", "Idempotency-Key", "k");

            assertThat(taken.status()).isEqualTo(201);
            assertThat(taken.header("idempotency-replayed")).isEmpty();
            assertThat(((Message) reader.next()).data()).isEqualTo("2");
        }
    }
}
