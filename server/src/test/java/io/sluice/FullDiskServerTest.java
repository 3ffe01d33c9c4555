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
import io.sluice.testkit.TestClient.Received.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk without room, seen from outside: refusals say when to come back, reads go on, and it ends by itself. */
final class FullDiskServerTest {
    @Test
    void refusesPublishesWhileTheReserveIsNotFreeAndRecovers(@TempDir Path folder) throws Exception {
        var store = Files.getFileStore(folder);
        var ballast = folder.resolve("ballast");
        // So much must stay free that a file of 256 MiB is what makes the difference.
        var reserve = new DataSize(store.getUsableSpace() - (128L << 20));
        var disk = new DiskConfig(reserve, DataSize.mib(1));
        var hub = new HubConfig().in(folder.resolve("data")).with(disk).with(new NamespaceConfig());
        try (var server = EdgeServer.with(new Config().with(hub));
                var reader = ClientKind.SSE.open(server, "earliest", "c")) {
            var api = new ApiClient(server);
            api.publish("c", "1");
            Files.write(ballast, new byte[256 << 20]);

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

            Files.delete(ballast);
            Eventually.holds(() -> api.admin("/readyz").status() == 200);
            var taken = api.post("/v1/channels/c/messages", "2", "Idempotency-Key", "k");

            assertThat(taken.status()).isEqualTo(201);
            assertThat(taken.header("idempotency-replayed")).isEmpty();
            assertThat(((Message) reader.next()).data()).isEqualTo("2");
        }
    }
}
