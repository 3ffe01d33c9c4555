package io.sluice.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed messages, as the JDK reads them. */
final class GrpcFramesTest {
    private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;
    private static final int COMPRESSED = 1;

    private static BytesValue repetitive(int length) {
        return BytesValue.of(ByteString.copyFromUtf8("all work and no play ".repeat(length / 21 + 1))
                .substring(0, length));
    }

    private static ByteBuf gzipped(BytesValue message) {
        return GrpcFrames.gzip(GrpcFrames.frame(message, ALLOCATOR), ALLOCATOR);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 10_000, 1_000_000})
    void whatIsCompressedReadsAsTheSameMessage(int length) throws IOException {
        for (int again = 0; again < 2; again++) {
            var frame = gzipped(repetitive(length));
            try {
                int size = frame.readableBytes();
                assertThat(size).isLessThan(length);
                assertThat(frame.readByte()).isEqualTo((byte) COMPRESSED);
                assertThat(frame.readInt()).isEqualTo(size - GrpcFrames.PREFIX);
                try (var plain = new GZIPInputStream(new ByteBufInputStream(frame, false))) {
                    assertThat(BytesValue.parseFrom(plain.readAllBytes())).isEqualTo(repetitive(length));
                }
            } finally {
                frame.release();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 5_000})
    void whatWouldNotGetSmallerStaysAsItIs(int length) {
        var noise = new byte[length];
        new Random(length).nextBytes(noise);
        var message = BytesValue.of(ByteString.copyFrom(noise));
        var plain = GrpcFrames.frame(message, ALLOCATOR);
        var frame = gzipped(message);
        try {
            assertThat(ByteBufUtil.getBytes(frame)).isEqualTo(ByteBufUtil.getBytes(plain));
        } finally {
            frame.release();
            plain.release();
        }
    }

    /** From so short that the form alone is longer, to where it first pays. */
    @Test
    void aFrameIsNeverLongerForBeingCompressed() {
        for (int length = 0; length < 200; length++) {
            var plain = GrpcFrames.frame(repetitive(length), ALLOCATOR);
            int before = plain.readableBytes();
            var frame = GrpcFrames.gzip(plain, ALLOCATOR);
            try {
                if (frame.getByte(0) == COMPRESSED) {
                    assertThat(frame.readableBytes()).isLessThanOrEqualTo(before);
                } else {
                    assertThat(frame.readableBytes()).isEqualTo(before);
                }
            } finally {
                frame.release();
            }
        }
    }
}
