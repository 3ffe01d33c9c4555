package io.sluice.grpc;

import io.grpc.KnownLength;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Cuts a request body into messages. Holds at most one message and one part of the body. Confined to its loop. */
final class MessageReader {
    private final int maxBytes;
    private final boolean gzip;
    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf pending;

    /**
     * @param maxBytes of one message, before and after inflating
     * @param gzip whether the call said that messages may be compressed
     */
    MessageReader(int maxBytes, boolean gzip, ByteBufAllocator allocator) {
        this.maxBytes = maxBytes;
        this.gzip = gzip;
        this.allocator = allocator;
    }

    /** Takes a part over. */
    void add(ByteBuf part) {
        var before = pending;
        pending = before == null ? part : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, before, part);
    }

    /** The next message, or null until more bytes come; throws what the call ends with. */
    @Nullable
    InputStream next() {
        var in = pending;
        if (in == null || in.readableBytes() < GrpcFrames.PREFIX) {
            return null;
        }
        int flags = in.getUnsignedByte(in.readerIndex());
        long length = in.getUnsignedInt(in.readerIndex() + 1);
        if (flags > GrpcFrames.COMPRESSED) {
            throw ended(Status.INTERNAL, "a message has unknown flags");
        }
        if (flags == GrpcFrames.COMPRESSED && !gzip) {
            throw ended(Status.INTERNAL, "a message is compressed, but grpc-encoding did not say how");
        }
        if (length > maxBytes) {
            throw tooLarge();
        }
        if (in.readableBytes() - GrpcFrames.PREFIX < length) {
            return null;
        }
        in.skipBytes(GrpcFrames.PREFIX);
        var message = in.readSlice((int) length);
        var bytes = flags == GrpcFrames.COMPRESSED ? inflated(message) : ByteBufUtil.getBytes(message);
        if (!in.isReadable()) {
            release();
        }
        return new Message(bytes);
    }

    /** True when nothing is left over. */
    boolean isEmpty() {
        return pending == null;
    }

    void release() {
        var left = pending;
        pending = null;
        if (left != null) {
            left.release();
        }
    }

    private byte[] inflated(ByteBuf message) {
        try (var in = new GZIPInputStream(new ByteBufInputStream(message, false))) {
            var bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw tooLarge();
            }
            return bytes;
        } catch (IOException malformed) {
            throw ended(Status.INTERNAL, "a message is not valid gzip");
        }
    }

    private StatusRuntimeException tooLarge() {
        return ended(Status.RESOURCE_EXHAUSTED, "a message is larger than the " + maxBytes + " bytes allowed");
    }

    private static StatusRuntimeException ended(Status status, String why) {
        return status.withDescription(why).asRuntimeException();
    }

    /** A whole message, which lets protobuf read it in one piece. */
    private static final class Message extends ByteArrayInputStream implements KnownLength {
        Message(byte[] bytes) {
            super(bytes);
        }
    }
}
