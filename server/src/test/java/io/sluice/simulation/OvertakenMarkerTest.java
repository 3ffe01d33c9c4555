package io.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.hub.log.SimulatedDisk;
import io.sluice.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Read markers in moments that only a disk in a test has. */
final class OvertakenMarkerTest {
    private final Random random = new Random(1);
    private final SimulatedDisk disk = new SimulatedDisk();
    private final SimulatedServer server = new SimulatedServer(
            new HubConfig().with(new NamespaceConfig()), new ManualClock(), 1, "boot", disk::start, null, null);

    @Test
    void bothAreAnsweredWithTheFurtherPosition() {
        var positions = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            var published = new Answered();
            server.send(request("POST", "/v1/channels/c/messages", "1"), published, 0, 10_000);
            settle(true, published);
            positions.add(published.position());
        }

        var phone = new Answered();
        var desk = new Answered();
        server.send(request("PUT", "/v1/channels/c/read", moveTo(positions.get(2))), phone, 0, 10_000);
        settle(false, phone);
        server.send(request("PUT", "/v1/channels/c/read", moveTo(positions.get(1))), desk, 1, 10_000);
        settle(false, desk);
        settle(true, phone, desk);

        assertThat(phone.position()).isEqualTo(positions.get(2));
        assertThat(desk.position()).isEqualTo(positions.get(2));
    }

    @Test
    void aMarkerThatCannotBeReadIsRefusedAndNotTakenForNone() {
        var published = new Answered();
        server.send(request("POST", "/v1/channels/c/messages", "1"), published, 0, 10_000);
        settle(true, published);
        disk.failReads();

        var asked = new Answered();
        server.send(request("GET", "/v1/channels/c/read", ""), asked, 0, 10_000);
        settle(true, asked);

        assertThat(published.status).isEqualTo(201);
        assertThat(asked.status).isEqualTo(503);
    }

    /** Runs everything; {@code writing}: the disk too. */
    private void settle(boolean writing, Answered... clients) {
        boolean more = true;
        while (more) {
            more = server.loops.runOne(random) || server.reader.runOne() || writing && server.writer.runOne();
        }
        for (var client : clients) {
            client.take(server, random);
        }
    }

    private static String moveTo(String position) {
        return "{\"position\":\"" + position + "\"}";
    }

    private static SimulatedExchange.Request request(String method, String path, String body) {
        var fields = new DefaultHttpHeaders().set("content-type", "application/json");
        return new SimulatedExchange.Request(
                method, path, Map.of("user", List.of("alice")), fields, body.getBytes(StandardCharsets.UTF_8));
    }

    private static final class Answered implements Connection.Client {
        private String position = "";
        private int status;

        String position() {
            return position;
        }

        void take(SimulatedServer server, Random random) {
            server.connections.forEach(connection -> connection.arrive(random));
        }

        @Override
        public void answered(Connection.Answer answer) {
            status = answer.status();
            if (status < 300) {
                position = Reader.json(answer.body()).path("position").asString();
            }
        }

        @Override
        public void received(byte[] bytes) {
            throw new Violation("an answer comes as a whole", "a part came");
        }

        @Override
        public void ended() {
            // After its answer.
        }
    }
}
