package io.sluice.bench;

import com.google.protobuf.MessageLite;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.ConnectRequest;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.SubscribeRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * gRPC over HTTP/2 (RFC 9113) as far as a client needs it that trusts its server: opens calls with literal fields, walks frame
 * headers, acknowledges settings and pings, keeps the windows open. Every stream of a connection is a subscriber.
 */
final class GrpcDialect implements Dialect {
    private static final int FRAME_HEAD = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int WINDOW = 1 << 30;

    private final String host;
    private final String method;
    private final int streams;
    private final @Nullable String channel;
    private final GrpcMessages messages;
    private final Map<LoadSocket, Integer> windows = new HashMap<>();

    private GrpcDialect(Protocol.Reading reading, String method, @Nullable String channel) {
        this.host = reading.host();
        this.method = method;
        this.streams = reading.readers();
        this.channel = channel;
        this.messages = new GrpcMessages(reading);
    }

    /** Connections with a Subscribe call for each reader. */
    static GrpcDialect subscribing(Protocol.Reading reading) {
        return new GrpcDialect(reading, "Subscribe", reading.channel());
    }

    /** Connections with one Connect call, for {@link #publish}. */
    static GrpcDialect publishing(String host, String channel) {
        return new GrpcDialect(new Protocol.Reading(host, channel, new Deliveries()), "Connect", null);
    }

    /** The request of a Subscribe call, framed as gRPC does it: what follows the socket's cursor. */
    static byte[] subscribe(String channel, LoadSocket socket) {
        var start = ChannelStart.newBuilder().setChannel(channel);
        if (socket.cursor != null) {
            start.setAfter(socket.cursor);
        }
        return message(SubscribeRequest.newBuilder().addChannels(start).build());
    }

    /** Sends a publish command on the Connect call of {@code socket}. */
    static void publish(LoadSocket socket, String channel, String json) throws IOException {
        var command = ConnectRequest.newBuilder()
                .setId(1)
                .setPublish(PublishRequest.newBuilder().setChannel(channel).setJson(json))
                .build();
        socket.send(frame(DATA, 0, 1, message(command)));
    }

    @Override
    public ByteBuffer opening(LoadSocket socket) {
        var fields = fields();
        var first = channel == null ? new byte[0] : subscribe(channel, socket);
        var out = ByteBuffer.allocate(128 + streams * (fields.length + first.length + 2 * FRAME_HEAD));
        out.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var settings = ByteBuffer.allocate(12)
                .putShort((short) 2)
                .putInt(0)
                .putShort((short) 4)
                .putInt(WINDOW);
        out.put(frame(SETTINGS, 0, 0, settings.array()));
        out.put(window(WINDOW));
        for (int i = 0; i < streams; i++) {
            out.put(frame(HEADERS, END_HEADERS, 2 * i + 1, fields));
            if (channel != null) {
                out.put(frame(DATA, END_STREAM, 2 * i + 1, first));
            }
        }
        return out.flip();
    }

    @Override
    public int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int at = from;
        while (at + FRAME_HEAD <= limit) {
            int length = bytes.getInt(at) >>> 8;
            int payload = at + FRAME_HEAD;
            if (payload + length > limit) {
                return at;
            }
            int stream = bytes.getInt(at + 5);
            switch (bytes.get(at + 3)) {
                case DATA -> data(socket, stream, bytes, payload, payload + length, nowNanos);
                case SETTINGS -> {
                    if ((bytes.get(at + 4) & ACK) == 0) {
                        socket.send(frame(SETTINGS, ACK, 0, new byte[0]));
                    }
                }
                case PING -> {
                    var echo = new byte[length];
                    bytes.get(payload, echo);
                    if ((bytes.get(at + 4) & ACK) == 0) {
                        socket.send(frame(PING, ACK, 0, echo));
                    }
                }
                case HEADERS -> {
                    if ((bytes.get(at + 4) & END_STREAM) != 0) {
                        throw new IOException("a call ended: " + Stamp.text(bytes, payload, payload + length));
                    }
                }
                case RESET, GO_AWAY -> throw new IOException("the server ended a stream or the connection");
                default -> {} // window updates, and what may come in the future
            }
            at = payload + length;
        }
        return at;
    }

    private void data(LoadSocket socket, int stream, ByteBuffer bytes, int from, int limit, long nowNanos)
            throws IOException {
        messages.take(socket, stream / 2, bytes, from, limit, nowNanos);
        int used = windows.merge(socket, limit - from, Integer::sum);
        if (used > WINDOW / 4) {
            windows.put(socket, 0);
            socket.send(window(used));
        }
    }

    /** The request's fields, each literal and never indexed (RFC 7541 section 6.2.2), so that no state is needed. */
    private byte[] fields() {
        var out = ByteBuffer.allocate(512);
        literal(out, ":method", "POST");
        literal(out, ":scheme", "http");
        literal(out, ":path", "/sluice.v1.Hub/" + method);
        literal(out, ":authority", host);
        literal(out, "content-type", "application/grpc");
        literal(out, "te", "trailers");
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void literal(ByteBuffer out, String name, String value) {
        out.put((byte) 0);
        for (var text : new String[] {name, value}) {
            out.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static byte[] message(MessageLite message) {
        var bytes = message.toByteArray();
        return ByteBuffer.allocate(GrpcMessages.HEAD + bytes.length)
                .put((byte) 0)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static ByteBuffer window(int increment) {
        return frame(
                WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(increment).array());
    }

    private static ByteBuffer frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(FRAME_HEAD + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .flip();
    }
}
