package io.sluice.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.net.Deflate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.CRC32;

/** Length-prefixed messages: one byte of flags, four of length, the message. Thread-safe. */
public final class GrpcFrames {
    static final int PREFIX = 5;
    static final int COMPRESSED = 1;
    /** In gRPC-Web: the frame holds the trailers. */
    static final int TRAILERS = 0x80;

    /** Deflated, without name, time or system. */
    private static final byte[] GZIP_HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    /** Checksum and length. */
    private static final int GZIP_END = 8;

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

    /** The same single message as gzip (RFC 1952); as it is where that would not make it smaller. Takes {@code frame} over. */
    public static ByteBuf gzip(ByteBuf frame, ByteBufAllocator allocator) {
        int length = frame.readableBytes() - PREFIX;
        int room = length - GZIP_HEAD.length - GZIP_END;
        if (room <= 0) {
            return frame;
        }
        var message = frame.nioBuffer(frame.readerIndex() + PREFIX, length);
        var out = allocator.directBuffer(PREFIX + length);
        out.writeByte(COMPRESSED).writeInt(0).writeBytes(GZIP_HEAD);
        int written = Deflate.whole(message.duplicate(), out.nioBuffer(out.writerIndex(), room));
        if (written < 0) {
            out.release();
            return frame;
        }
        var sum = new CRC32();
        sum.update(message);
        out.writerIndex(out.writerIndex() + written)
                .writeIntLE((int) sum.getValue())
                .writeIntLE(length);
        frame.release();
        return out.setInt(1, out.readableBytes() - PREFIX);
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
