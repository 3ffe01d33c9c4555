package io.sluice.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A WebSocket client that speaks frame by frame (RFC 6455), so that it can also break the rules. It reads when it is asked
 * to, and answers pings meanwhile. Every wait has a deadline. Not thread-safe.
 */
public final class WebSocketClient implements AutoCloseable {
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final JsonMapper JSON = new JsonMapper();
    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

    private final RawClient raw;
    private final Deque<JsonNode> pushes = new ArrayDeque<>();
    private int lastId;

    private WebSocketClient(RawClient raw) {
        this.raw = raw;
    }

    /** One frame as it came. */
    public record Frame(int opcode, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** The reason of a close frame; empty where it has none. */
        public String closeReason() {
            return payload.length < 2 ? "" : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }

        /** The code of a close frame; 1005 where it has none. */
        public int closeCode() {
            return payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }
    }

    /** Connects and takes the welcome. */
    public static WebSocketClient connect(ServerAddress server) {
        return connect(server, "/v1/ws");
    }

    /** Connects as this user and takes the welcome. */
    public static WebSocketClient connectAs(ServerAddress server, String user) {
        return connect(server, "/v1/ws?user=" + user);
    }

    public static WebSocketClient connect(ServerAddress server, String path) {
        var client = open(server, path, 0);
        client.next();
        return client;
    }

    /** Only the handshake; the first frame is still to be read. */
    public static WebSocketClient open(ServerAddress server, String path, int receiveBuffer) {
        var raw = RawClient.connect(server.port(), receiveBuffer);
        raw.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + server.authorization() + "\r\n");
        var head = raw.readUntil("\r\n\r\n");
        if (!head.startsWith("HTTP/1.1 101 ")) {
            if (head.contains("application/problem+json")) {
                throw ReaderRefused.of(JSON.readTree(raw.readUntil("}")));
            }
            throw new AssertionError("no upgrade: " + head);
        }
        return new WebSocketClient(raw);
    }

    public RawClient raw() {
        return raw;
    }

    public WebSocketClient send(String text) {
        return send(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    public WebSocketClient send(int opcode, boolean last, byte[] payload) {
        raw.send(frame(opcode, last, payload));
        return this;
    }

    /** The bytes of one masked frame. */
    public static byte[] frame(int opcode, boolean last, byte[] payload) {
        var out = new ByteArrayOutputStream();
        out.write((last ? 0x80 : 0) | opcode);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else if (payload.length < 65_536) {
            out.write(0x80 | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        } else {
            out.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) payload.length >> shift));
            }
        }
        out.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ MASK[i & 3]);
        }
        return out.toByteArray();
    }

    /** Sends a command with an id of its own and gives its reply; what is pushed before it is kept for {@link #next}. */
    public JsonNode call(String type, String members) {
        int id = ++lastId;
        send("{\"id\":" + id + ",\"type\":\"" + type + "\"" + (members.isEmpty() ? "" : "," + members) + "}");
        while (true) {
            var json = read();
            if (json.path("id").asInt(-1) == id) {
                return json;
            }
            pushes.add(json);
        }
    }

    /** What was pushed before the last reply and not taken yet. */
    public List<JsonNode> takePushes() {
        var taken = List.copyOf(pushes);
        pushes.clear();
        return taken;
    }

    /** The next message, in the order of arrival. */
    public JsonNode next() {
        var kept = pushes.poll();
        return kept != null ? kept : read();
    }

    /** The next message of this type; those before it are dropped. */
    public JsonNode next(String type) {
        while (true) {
            var json = next();
            if (json.path("type").asString().equals(type)) {
                return json;
            }
        }
    }

    /** The close frame's code; messages before it are dropped. The peer must then end the connection. */
    public int closeCode() {
        while (true) {
            var frame = frame();
            if (frame.opcode() == CLOSE) {
                return frame.closeCode();
            }
        }
    }

    private JsonNode read() {
        var frame = frame();
        if (frame.opcode() != TEXT) {
            throw new ReaderEnded(why(frame.closeCode()), "closed with " + frame.closeCode());
        }
        return JSON.readTree(frame.payload());
    }

    private static String why(int closeCode) {
        return switch (closeCode) {
            case 4401 -> "unauthenticated";
            case 4403 -> "forbidden";
            case 4429 -> "rate-limited";
            case 4503 -> "draining";
            default -> "";
        };
    }

    /** The next frame that is no ping; pings are answered. */
    public Frame frame() {
        while (true) {
            var frame = anyFrame();
            if (frame.opcode() != PING) {
                return frame;
            }
            send(PONG, true, frame.payload());
        }
    }

    /** The next frame, whatever it is. */
    public Frame anyFrame() {
        var head = raw.readBytes(2);
        int length = head[1] & 0x7f;
        if (length >= 126) {
            long extended = 0;
            for (byte b : raw.readBytes(length == 126 ? 2 : 8)) {
                extended = extended << 8 | b & 0xff;
            }
            length = Math.toIntExact(extended);
        }
        return new Frame(head[0] & 0x0f, raw.readBytes(length));
    }

    /** Null when {@code json} is absent. */
    static @Nullable String textOf(JsonNode json) {
        return json.isMissingNode() || json.isNull() ? null : json.asString();
    }

    @Override
    public void close() {
        raw.close();
    }
}
