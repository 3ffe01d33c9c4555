package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One client connection of the load tool. Confined to the load thread. */
public final class LoadSocket {
    /** How many bytes of a unit that has not arrived whole are kept. */
    static final int MAX_CARRY = 1 << 20;

    final SocketChannel channel;
    final Dialect dialect;
    /** Sequence number of the newest message; 0 before the first. */
    public int lastSequence;

    int received;
    /** True once a WebSocket's handshake is over. */
    boolean upgraded;

    /** True once the protocol's opening exchange is over. */
    public boolean open;

    public boolean closed;
    /** Replies that were no messages: welcome, ok, error. */
    public int replies;

    @Nullable
    public String lastReply;

    /** When the request under way was sent; 0 before the first that counts. */
    long sentNanos;

    /** Where its reader stands, for those that come back. */
    @Nullable
    public String cursor;

    /** What came, and what was given to send, over TCP. */
    public long bytesIn;

    public long bytesOut;

    /** How long the server asked to wait when it refused the connection. */
    public long retryAfterNanos;

    byte[] carry = {};
    private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();

    @Nullable
    SelectionKey key;

    LoadSocket(SocketChannel channel, Dialect dialect) {
        this.channel = channel;
        this.dialect = dialect;
    }

    /** Sends {@code bytes}; keeps what the socket does not take. */
    public void send(ByteBuffer bytes) throws IOException {
        bytesOut += bytes.remaining();
        if (unsent.isEmpty()) {
            channel.write(bytes);
        }
        if (bytes.hasRemaining()) {
            var rest = ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
            unsent.add(rest);
            key().interestOpsOr(SelectionKey.OP_WRITE);
        }
    }

    public void send(String text) throws IOException {
        send(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Sends a text frame. The mask is zero: as valid as any other, and nothing to compute on this side. */
    public void sendFrame(String text) throws IOException {
        send(frame((byte) 0x81, text.getBytes(StandardCharsets.UTF_8)));
    }

    public static ByteBuffer frame(byte head, byte[] payload) {
        var frame = ByteBuffer.allocate(payload.length + 14).put(head);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        return frame.putInt(0).put(payload).flip();
    }

    void drainUnsent() throws IOException {
        while (!unsent.isEmpty()) {
            channel.write(unsent.getFirst());
            if (unsent.getFirst().hasRemaining()) {
                return;
            }
            unsent.removeFirst();
        }
        key().interestOps(SelectionKey.OP_READ);
    }

    public void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException gone) {
            // Closing is all that was wanted.
        }
    }

    private SelectionKey key() {
        if (key == null) {
            throw new IllegalStateException("socket is not registered");
        }
        return key;
    }
}
