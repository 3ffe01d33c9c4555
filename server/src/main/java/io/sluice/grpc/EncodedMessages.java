package io.sluice.grpc;

import io.grpc.MethodDescriptor;
import io.netty.buffer.ByteBuf;
import java.io.InputStream;

/**
 * Responses that are encoded already, frames included, in the form that the call asks for: the same bytes serve every call.
 * Sent on the call's loop; the sender keeps its reference.
 *
 * @param frames one or several whole frames; for {@link GrpcForm#WEB_TEXT} already in base64
 */
public record EncodedMessages(ByteBuf frames) {
    /** Hands the bytes through to the call as they are. Only calls of {@link GrpcServer} can take them. */
    public static final MethodDescriptor.Marshaller<EncodedMessages> MARSHALLER = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(EncodedMessages value) {
            return new Stream(value.frames());
        }

        @Override
        public EncodedMessages parse(InputStream stream) {
            throw new UnsupportedOperationException("encoded messages are only sent");
        }
    };

    /** What {@link GrpcCall} recognises. It cannot be read as a stream, because it may hold several messages. */
    static final class Stream extends InputStream {
        private final ByteBuf frames;

        private Stream(ByteBuf frames) {
            this.frames = frames;
        }

        ByteBuf frames() {
            return frames;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("encoded messages are sent as they are");
        }

        @Override
        public int read(byte[] into, int from, int length) {
            return read();
        }
    }
}
