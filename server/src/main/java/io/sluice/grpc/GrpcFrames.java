package io.sluice.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;

/** Length-prefixed messages: one byte of flags, four of length, the message. Thread-safe. */
public final class GrpcFrames {
    static final int PREFIX = 5;
    static final int COMPRESSED = 1;
    /** In gRPC-Web: the frame holds the trailers. */
    static final int TRAILERS = 0x80;

    private GrpcFrames() {}

    /** One frame in a direct buffer that the caller owns. */
    public static ByteBuf frame(MessageLite message, ByteBufAllocator allocator) {
        int size = message.getSerializedSize();
        var out = allocator.directBuffer(PREFIX + size);
        out.writeByte(0).writeInt(size);
        try {
            var coded = CodedOutputStream.newInstance(out.nioBuffer(PREFIX, size));
            message.writeTo(coded);
            coded.flush();
        } catch (IOException impossible) {
            out.release();
            throw new UncheckedIOException("a message did not fit its own size", impossible);
        }
        return out.writerIndex(PREFIX + size);
    }

    /** The same single message compressed; as it is where that would not make it smaller. Takes {@code frame} over. */
    public static ByteBuf gzip(ByteBuf frame, ByteBufAllocator allocator) {
        int start = frame.readerIndex();
        var out = allocator.directBuffer(frame.readableBytes());
        out.writeByte(COMPRESSED).writeInt(0);
        try (var gzip = new GZIPOutputStream(new ByteBufOutputStream(out));
                var message =
                        new ByteBufInputStream(frame.slice(start + PREFIX, frame.readableBytes() - PREFIX), false)) {
            message.transferTo(gzip);
        } catch (IOException impossible) {
            out.release();
            throw new UncheckedIOException("a buffer failed", impossible);
        }
        if (out.readableBytes() >= frame.readableBytes()) {
            out.release();
            return frame;
        }
        frame.release();
        return out.setInt(out.readerIndex() + 1, out.readableBytes() - PREFIX);
    }

    /** Whole frames in base64 with padding, so that such texts may follow each other. Takes {@code frames} over. */
    public static ByteBuf text(ByteBuf frames, ByteBufAllocator allocator) {
        try {
            var encoded = Base64.getEncoder().encode(io.netty.buffer.ByteBufUtil.getBytes(frames));
            return allocator.directBuffer(encoded.length).writeBytes(encoded);
        } finally {
            frames.release();
        }
    }
}
