package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that break the WebSocket protocol or ours: each is closed with the code that says why, and nobody else notices. */
final class WebSocketBadInputTest {
    private static EdgeServer server;

    @BeforeAll
    static void start() {
        server = EdgeServer.inMemory();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "nonsense", "{\"id\":1,\"type\":\"ping\"} x", "{'id':1}", "{\"id\":1,}", "[1,"})
    void closesWith4400OnWhatIsNoJson(String text) {
        try (var client = WebSocketClient.connect(server)) {
            client.send(text);

            assertThat(client.closeCode()).isEqualTo(4400);
            assertThat(client.raw().readToEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "c328, no continuation",
        "80, nothing to continue",
        "e282, cut short",
        "c0af, overlong",
        "eda080, a surrogate",
        "f4908080, beyond the last character",
        "ff, no character at all"
    })
    void closesWith1007OnTextThatIsNotUtf8(String bytes, String what) {
        try (var client = WebSocketClient.connect(server)) {
            var text = HexFormat.of().parseHex("7b22" + bytes); // behind {"
            client.send(WebSocketClient.TEXT, true, text);

            assertThat(client.closeCode()).as(what).isEqualTo(1007);
        }
    }

    @Test
    void closesWith1007OnACharacterThatItsLastFragmentCutsShort() {
        try (var client = WebSocketClient.connect(server)) {
            client.send(WebSocketClient.TEXT, false, bytes("{\"id\":\""));
            client.send(0, true, new byte[] {(byte) 0xe2, (byte) 0x82});

            assertThat(client.closeCode()).isEqualTo(1007);
        }
    }

    @Test
    void closesWith4413OnAMessageThatIsTooLarge() {
        try (var client = WebSocketClient.connect(server)) {
            var head = new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 0, 0x40, 0, 0, 1, 2, 3, 4};
            client.raw().send(head);

            assertThat(client.closeCode()).isEqualTo(4413);
        }
    }

    @Test
    void closesWith4413OnFragmentsThatTogetherAreTooLarge() {
        var part = new byte[1 << 20];
        try (var client = WebSocketClient.connect(server)) {
            client.send(WebSocketClient.TEXT, false, part);

            client.raw().send(new byte[] {0, (byte) 0xff, 0, 0, 0, 0, 0, 0x10, 0, 1, 1, 2, 3, 4});

            assertThat(client.closeCode()).isEqualTo(4413);
        }
    }

    @Test
    void refusesDataThatIsLargerThanAPublicationMayBe() {
        try (var client = WebSocketClient.connect(server)) {
            var reply = client.call("publish", "\"channel\":\"big\",\"data\":\"" + "x".repeat((1 << 20) + 1) + "\"");

            assertThat(reply.path("code").asString()).isEqualTo("too-large");
        }
    }

    @Test
    void closesWith1003OnABinaryMessage() {
        try (var client = WebSocketClient.connect(server)) {
            client.send(WebSocketClient.BINARY, true, new byte[] {1});

            assertThat(client.closeCode()).isEqualTo(1003);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8105, unmasked text",
        "c185, reserved bit",
        "8385, unknown opcode",
        "8b80, unknown control opcode",
        "0985, fragmented ping",
        "89fe, long ping",
        "8085, continuation of nothing",
        "8881, close with half a code"
    })
    void closesWith1002OnABrokenFrame(String head, String what) {
        try (var client = WebSocketClient.connect(server)) {
            int bits = Integer.parseInt(head, 16);
            client.raw().send(new byte[] {(byte) (bits >> 8), (byte) bits, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'});

            assertThat(client.closeCode()).as(what).isEqualTo(1002);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 2999, 5000})
    void closesWith1002OnACloseCodeThatMayNotBeSent(int code) {
        try (var client = WebSocketClient.connect(server)) {
            client.send(WebSocketClient.CLOSE, true, new byte[] {(byte) (code >> 8), (byte) code});

            assertThat(client.closeCode()).isEqualTo(1002);
        }
    }

    @Test
    void answersACloseWithTheSameCode() {
        try (var client = WebSocketClient.connect(server)) {
            client.send(WebSocketClient.CLOSE, true, new byte[] {0x03, (byte) 0xe8});

            assertThat(client.closeCode()).isEqualTo(1000);
            assertThat(client.raw().readToEnd()).isEmpty();
        }
    }

    @Test
    void takesFragmentsWithAPingBetweenThem() {
        try (var client = WebSocketClient.connect(server)) {
            client.send(WebSocketClient.TEXT, false, bytes("{\"id\":1,"));
            client.send(WebSocketClient.PING, true, bytes("are you there"));
            client.send(0, false, bytes("\"type\":"));
            client.send(0, true, bytes("\"ping\"}"));

            var pong = client.frame();
            var reply = client.next();

            assertThat(pong.opcode()).isEqualTo(WebSocketClient.PONG);
            assertThat(pong.text()).isEqualTo("are you there");
            assertThat(reply.path("type").asString()).isEqualTo("pong");
        }
    }

    @Test
    void takesACharacterThatIsSplitOverFragments() {
        var text = bytes("{\"id\":\"\u20ac\",\"type\":\"ping\"}");
        try (var client = WebSocketClient.connect(server)) {
            client.send(WebSocketClient.TEXT, false, java.util.Arrays.copyOfRange(text, 0, 8));
            client.send(0, true, java.util.Arrays.copyOfRange(text, 8, text.length));

            assertThat(client.next().path("id").asString()).isEqualTo("\u20ac");
        }
    }

    @Test
    void takesAFrameOneByteAtATime() {
        try (var client = WebSocketClient.connect(server)) {
            var frame = WebSocketClient.frame(
                    WebSocketClient.TEXT,
                    true,
                    bytes("{\"id\":1,\"type\":\"ping\",\"x\":\"" + "y".repeat(200) + "\"}"));
            client.raw().sendOneByOne(new String(frame, StandardCharsets.ISO_8859_1));

            assertThat(client.next().path("type").asString()).isEqualTo("pong");
        }
    }

    @Test
    void takesAHandshakeOneByteAtATimeWithACommandBehindIt() {
        try (var raw = RawClient.connect(server.port())) {
            var command = new String(
                    WebSocketClient.frame(WebSocketClient.TEXT, true, bytes("{\"id\":1,\"type\":\"ping\"}")),
                    StandardCharsets.ISO_8859_1);
            raw.sendOneByOne("GET /v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" + command);

            assertThat(raw.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 101 ");
            assertThat(raw.readUntil("\"type\":\"pong\"}")).contains("welcome");
        }
    }

    @Test
    void forgetsAPeerThatVanishesInTheMiddleOfAFrame() {
        long before = server.hub().sessions().count();
        try (var client = WebSocketClient.connect(server)) {
            client.raw().send(new byte[] {(byte) 0x81, (byte) 0x90, 1, 2, 3});
        }

        try (var other = WebSocketClient.connect(server)) {
            assertThat(other.call("ping", "").path("type").asString()).isEqualTo("pong");
        }
        Eventually.holds(() -> server.hub().sessions().count() <= before);
    }

    @Test
    void forgetsAPeerThatClosedItsHalf() {
        long before = server.hub().sessions().count();
        try (var client = WebSocketClient.connect(server)) {
            client.call("subscribe", "\"channel\":\"half\"");
            client.raw().endOutput();

            Eventually.holds(() -> server.hub().sessions().count() <= before);
            new ApiClient(server).publish("half", "1");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
