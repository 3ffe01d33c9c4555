package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a WebSocket client may send, at the limit and beyond it. */
class WebSocketLimitTest {
    private static final int MIB = 1 << 20;

    private final EdgeServer server = EdgeServer.inMemory();

    @AfterEach
    void stop() {
        server.close();
    }

    /** A command of exactly {@code length} bytes. */
    private static byte[] command(int length) {
        var start = "{\"id\":1,\"type\":\"ping\",\"padding\":\"".getBytes(StandardCharsets.US_ASCII);
        var command = Arrays.copyOf(start, length);
        Arrays.fill(command, start.length, length - 2, (byte) 'x');
        command[length - 2] = '"';
        command[length - 1] = '}';
        return command;
    }

    @Test
    void takesTheLargestMessageInTwoOfTheLargestFramesAndAPing() {
        try (var client = WebSocketClient.connect(server, "/v1/ws")) {
            var command = command(2 * MIB);
            client.send(WebSocketClient.TEXT, false, Arrays.copyOf(command, MIB));
            client.send(0, true, Arrays.copyOfRange(command, MIB, 2 * MIB));
            client.send(WebSocketClient.PING, true, new byte[] {7});
            var reply = client.frame();
            var pong = client.frame();

            assertThat(reply.text()).contains("\"id\":1").contains("\"type\":\"pong\"");
            assertThat(pong.opcode()).isEqualTo(WebSocketClient.PONG);
            assertThat(pong.payload()).containsExactly(7);
        }
    }

    @Test
    void joinsFragmentsThatComeInReadsOfTheirOwn() {
        try (var client = WebSocketClient.connect(server, "/v1/ws")) {
            var command = command(100);
            for (int i = 0; i < command.length; i++) {
                var frame = WebSocketClient.frame(i == 0 ? 1 : 0, i == command.length - 1, new byte[] {command[i]});
                // In two pieces, so that the reader holds half a frame; a ping's answer shows that it has read so far.
                client.raw().send(Arrays.copyOf(frame, 3));
                client.raw().send(Arrays.copyOfRange(frame, 3, frame.length));
                if (i % 10 == 5) {
                    client.send(WebSocketClient.PING, true, new byte[] {(byte) i});
                    assertThat(client.frame().payload()).containsExactly(i);
                }
            }

            assertThat(client.frame().text()).contains("\"type\":\"pong\"");
        }
    }

    @Test
    void closesWith4413BeyondTheFrameAndTheMessageLimit() {
        try (var frame = WebSocketClient.connect(server, "/v1/ws");
                var message = WebSocketClient.connect(server, "/v1/ws")) {
            frame.raw().send(new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 0, 0x20, 0, 1, 1, 2, 3, 4});
            message.send(WebSocketClient.TEXT, false, new byte[MIB]);
            message.send(0, false, new byte[MIB]);
            message.send(0, true, new byte[1]);

            assertThat(frame.closeCode()).isEqualTo(4413);
            assertThat(message.closeCode()).isEqualTo(4413);
        }
    }
}
