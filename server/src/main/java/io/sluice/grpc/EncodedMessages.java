package io.sluice.grpc;

import io.grpc.MethodDescriptor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.InputStream;

/**
 * Responses that are encoded already, frames included, in the form that the call asks for: the same bytes serve every call.
 * Handed to a call on its loop; the sender keeps its reference, and uses one of these for all that a call sends.
 */
public final class EncodedMessages {
    /** Hands the bytes through to the call as they are. Only calls of {@link GrpcServer} can take them. */
    public static final MethodDescriptor.Marshaller<EncodedMessages> MARSHALLER = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(EncodedMessages value) {
            throw new UnsupportedOperationException("encoded messages are sent as they are");
        }

        @Override
        public EncodedMessages parse(InputStream stream) {
            throw new UnsupportedOperationException("encoded messages are only sent");
        }
    };

    private ByteBuf frames = Unpooled.EMPTY_BUFFER;

    /** These messages holding {@code lent} until the next call: one or several whole frames, in base64 for {@link GrpcForm#WEB_TEXT}. */
    public EncodedMessages of(ByteBuf lent) {
        frames = lent;
        return this;
    }

    ByteBuf frames() {
        return frames;
    }
}
