package io.sluice.bench;

import io.sluice.proto.v1.ConnectResponse;
import io.sluice.proto.v1.SubscribeResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** gRPC's frames as they come on the streams of connections, whatever carries them: whole ones are counted, cut ones kept. */
final class GrpcMessages {
    /** One byte of flags and four of length. */
    static final int HEAD = 5;

    private final Protocol.Reading reading;
    private final Map<LoadSocket, int[]> sequences = new HashMap<>();
    /** What has come of a message that is not whole, per connection and stream; null for nothing. */
    private final Map<LoadSocket, byte[] @Nullable []> parts = new HashMap<>();

    GrpcMessages(Protocol.Reading reading) {
        this.reading = reading;
    }

    /** What has come on the stream with this index, from 0 to the readers of a connection. */
    void take(LoadSocket socket, int stream, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        var cut = parts.computeIfAbsent(socket, s -> new byte[reading.readers()][]);
        var before = cut[stream];
        if (before == null) {
            cut[stream] = whole(socket, stream, bytes, from, limit, nowNanos);
        } else {
            var joined = ByteBuffer.allocate(before.length + limit - from).put(before);
            joined.put(bytes.duplicate().limit(limit).position(from));
            cut[stream] = whole(socket, stream, joined, 0, joined.position(), nowNanos);
        }
    }

    /** Takes the whole messages; what is left of one that is cut, or null. */
    private byte @Nullable [] whole(LoadSocket socket, int stream, ByteBuffer bytes, int from, int limit, long nowNanos)
            throws IOException {
        var last = sequences.computeIfAbsent(socket, s -> {
            var each = new int[reading.readers()];
            Arrays.fill(each, s.lastSequence);
            return each;
        });
        int at = from;
        while (at + HEAD <= limit && at + HEAD + bytes.getInt(at + 1) <= limit) {
            int end = at + HEAD + bytes.getInt(at + 1);
            socket.lastSequence = last[stream];
            if (reading.deliveries().accept(socket, bytes, at, end, nowNanos)) {
                last[stream] = socket.lastSequence;
                keepPosition(socket, bytes, at + HEAD, end);
            } else {
                other(socket, bytes, at + HEAD, end);
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

    private void keepPosition(LoadSocket socket, ByteBuffer bytes, int from, int limit) throws IOException {
        if (reading.resuming()) {
            socket.cursor = SubscribeResponse.parseFrom(bytes.slice(from, limit - from))
                    .getMessage()
                    .getPosition();
        }
    }

    /** A publication that was refused would never arrive, and the run would be worth nothing. */
    private void other(LoadSocket socket, ByteBuffer bytes, int from, int limit) throws IOException {
        var reply = ConnectResponse.parseFrom(bytes.slice(from, limit - from)).getReply();
        if (reply.hasProblem()) {
            throw new IOException("refused: " + reply.getProblem().getMessage());
        }
        if (reading.resuming()) {
            var event = SubscribeResponse.parseFrom(bytes.slice(from, limit - from));
            if (event.hasGap()) {
                reading.deliveries().gap();
            }
            for (var subscribed : event.getSubscribed().getChannelsList()) {
                socket.cursor = subscribed.getPosition();
            }
        }
        socket.replies++;
        socket.open |= socket.replies == reading.readers();
    }
}
