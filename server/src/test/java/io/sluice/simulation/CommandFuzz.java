package io.sluice.simulation;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.fuzz.FuzzTarget;
import io.sluice.http.ClientError;
import io.sluice.http.Utf8;
import io.sluice.hub.Disconnect;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Commands of one WebSocket client, one a line: each is answered once, or the connection is closed with a code of the list. */
public final class CommandFuzz implements FuzzTarget {
    private static final Set<String> CODES =
            Arrays.stream(ClientError.values()).map(ClientError::code).collect(Collectors.toSet());
    private static final Set<Integer> CLOSES =
            Arrays.stream(Disconnect.values()).map(Disconnect::code).collect(Collectors.toSet());
    private static final Set<String> PUSHES = Set.of("welcome", "message", "gap", "signal", "presence", "drain");

    @Override
    public void run(byte[] input) {
        var server = FuzzedHub.start(new ManualClock());
        var client = new Answers();
        var request = new SimulatedExchange.Request(
                "GET",
                "/v1/ws",
                Map.of("user", List.of("alice")),
                Reader.fields(
                        "upgrade", "websocket",
                        "connection", "upgrade",
                        "sec-websocket-version", "13",
                        "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
                new byte[0]);
        var connection = server.send(request, client, 0, Integer.MAX_VALUE);
        int asked = 0;
        for (var line : new String(input, StandardCharsets.ISO_8859_1).split("\n", 16)) {
            var bytes = line.getBytes(StandardCharsets.ISO_8859_1);
            connection.sendToServer(WebSocketClient.frame(WebSocketClient.TEXT, true, bytes));
            FuzzedHub.settle(server);
            arrive(connection);
            if (client.closed) {
                break;
            }
            asked++;
            check(Utf8.isValid(bytes), "text that is not UTF-8 is taken");
            check(client.answers == asked, asked + " commands have " + client.answers + " answers: " + client.last);
        }
        connection.cut();
        FuzzedHub.settle(server);
        check(server.hub.sessions().count() == 0, "a session is left");
        FuzzedHub.stop(server);
        check(server.memory.live() == 0, server.memory.live() + " buffers were not given back");
    }

    private static void arrive(Connection connection) {
        var order = new Random(1);
        while (connection.arrive(order)) {
            // The next frame.
        }
    }

    /** What a client gets. */
    private static final class Answers implements Connection.Client {
        private final ByteArrayOutputStream ahead = new ByteArrayOutputStream();
        private int answers;
        private boolean closed;
        private List<String> last = new ArrayList<>();

        @Override
        public void answered(Connection.Answer answer) {
            throw new AssertionError("the handshake is refused: " + answer);
        }

        @Override
        public void ended() {
            closed = true;
        }

        @Override
        public void received(byte[] bytes) {
            ahead.writeBytes(bytes);
            var all = ahead.toByteArray();
            int at = 0;
            while (at + 2 <= all.length) {
                int length = all[at + 1] & 0x7f;
                int head = length == 126 ? 4 : length == 127 ? 10 : 2;
                if (at + head > all.length) {
                    break;
                }
                for (int i = 2, read = 0; i < head; i++) {
                    read = read << 8 | all[at + i] & 0xff;
                    length = read;
                }
                if (at + head + length > all.length) {
                    break;
                }
                frame(all[at] & 0x0f, Arrays.copyOfRange(all, at + head, at + head + length));
                at += head + length;
            }
            ahead.reset();
            ahead.write(all, at, all.length - at);
        }

        private void frame(int opcode, byte[] payload) {
            if (opcode == WebSocketClient.CLOSE) {
                int code = (payload[0] & 0xff) << 8 | payload[1] & 0xff;
                check(code == 1007 || CLOSES.contains(code), "closed with " + code);
                closed = true;
                return;
            }
            var message = Reader.json(payload);
            last.add(message.toString());
            if (PUSHES.contains(message.path("type").asString())) {
                return;
            }
            answers++;
            if (message.path("type").asString().equals("error")) {
                known(message.path("error").isMissingNode() ? message : message.path("error"));
            }
            message.path("channels").forEach(channel -> {
                if (channel.has("error")) {
                    known(channel.path("error"));
                }
            });
        }

        private static void known(JsonNode error) {
            check(CODES.contains(error.path("code").asString()), "an unknown code: " + error);
            check(!error.path("code").asString().equals("internal"), "our mistake: " + error);
        }
    }
}
