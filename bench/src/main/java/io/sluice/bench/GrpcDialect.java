package io.sluice.bench;

import com.google.protobuf.MessageLite;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.ConnectRequest;
import io.sluice.proto.v1.ConnectResponse;
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
    private static final int GRPC_HEAD = 5;
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
    private final Deliveries deliveries;
    private final String method;
    private final int streams;
    private final byte[] first;
    private final boolean clientEnds;
    private final Map<LoadSocket, int[]> sequences = new HashMap<>();
    /** What has come of a message that is not whole, per connection and stream; null for nothing. */
    private final Map<LoadSocket, byte[] @Nullable []> parts = new HashMap<>();

    private final Map<LoadSocket, Integer> windows = new HashMap<>();

    private GrpcDialect(
            String host, Deliveries deliveries, String method, int streams, byte[] first, boolean clientEnds) {
        this.host = host;
        this.deliveries = deliveries;
        this.method = method;
        this.streams = streams;
        this.first = first;
        this.clientEnds = clientEnds;
    }

    /** Connections with {@code streams} Subscribe calls each. */
    static GrpcDialect subscribing(String host, String channel, int streams, Deliveries deliveries) {
        var request = SubscribeRequest.newBuilder()
                .addChannels(ChannelStart.newBuilder().setChannel(channel))
                .build();
        return new GrpcDialect(host, deliveries, "Subscribe", streams, message(request), true);
    }

    /** Connections with one Connect call, for {@link #publish}. */
    static GrpcDialect publishing(String host) {
        return new GrpcDialect(host, new Deliveries(), "Connect", 1, new byte[0], false);
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
    public ByteBuffer opening() {
        var fields = fields();
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
            if (first.length > 0) {
                out.put(frame(DATA, clientEnds ? END_STREAM : 0, 2 * i + 1, first));
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
        int index = stream / 2;
        var cut = parts.computeIfAbsent(socket, s -> new byte[streams][]);
        var before = cut[index];
        if (before == null) {
            cut[index] = messages(socket, index, bytes, from, limit, nowNanos);
        } else {
            var whole = ByteBuffer.allocate(before.length + limit - from).put(before);
            whole.put(bytes.duplicate().limit(limit).position(from));
            cut[index] = messages(socket, index, whole, 0, whole.position(), nowNanos);
        }
        int used = windows.merge(socket, limit - from, Integer::sum);
        if (used > WINDOW / 4) {
            windows.put(socket, 0);
            socket.send(window(used));
        }
    }

    /** Takes the whole messages; what is left of one that is cut, or null. */
    private byte @Nullable [] messages(
            LoadSocket socket, int index, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        var last = sequences.computeIfAbsent(socket, s -> new int[streams]);
        int at = from;
        while (at + GRPC_HEAD <= limit && at + GRPC_HEAD + bytes.getInt(at + 1) <= limit) {
            int end = at + GRPC_HEAD + bytes.getInt(at + 1);
            socket.lastSequence = last[index];
            int wireBytes = end - at + (at == from ? FRAME_HEAD : 0);
            if (deliveries.accept(socket, bytes, at, end, wireBytes, nowNanos)) {
                last[index] = socket.lastSequence;
            } else {
                refuseProblem(bytes, at + GRPC_HEAD, end);
                socket.replies++;
                socket.open |= socket.replies == streams;
            }
            at = end;
        }
        if (at == limit) {
            return null;
        }
        var rest = new byte[limit - at];
        bytes.get(at, rest);
        return rest;
    }

    /** A publication that was refused would never arrive, and the run would be worth nothing. */
    private static void refuseProblem(ByteBuffer bytes, int from, int limit) throws IOException {
        var reply = ConnectResponse.parseFrom(bytes.slice(from, limit - from)).getReply();
        if (reply.hasProblem()) {
            throw new IOException("refused: " + reply.getProblem().getMessage());
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
        return ByteBuffer.allocate(GRPC_HEAD + bytes.length)
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
