package io.sluice.hub.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.grpc.GrpcFrames;
import io.sluice.hub.Notice;
import io.sluice.hub.Publication;
import io.sluice.hub.Wire;
import io.sluice.proto.v1.SubscribeResponse;

/**
 * A complete gRPC frame with a {@code SubscribeResponse}, which {@code ConnectResponse} reads as well: its pushes have the
 * same numbers. Native gRPC and binary gRPC-Web share it.
 */
public final class GrpcWire implements Wire {
    public static final GrpcWire PLAIN = new GrpcWire("grpc", 5);
    /** Each message compressed on its own, so that it is compressed once for everybody. */
    public static final GrpcWire GZIP = new GrpcWire("grpc-gzip", 6);
    /** In base64: gRPC-Web in text. */
    public static final GrpcWire TEXT = new GrpcWire("grpc-web-text", 7);

    private final String name;
    private final int index;

    private GrpcWire(String name, int index) {
        this.name = name;
        this.index = index;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public ByteBuf encode(Publication publication, ByteBufAllocator allocator) {
        return encode(
                SubscribeResponse.newBuilder()
                        .setMessage(ProtobufMessages.publication(publication))
                        .build(),
                allocator);
    }

    @Override
    public ByteBuf encode(Notice notice, ByteBufAllocator allocator) {
        var response = SubscribeResponse.newBuilder();
        switch (notice) {
            case Notice.Signal signal -> response.setSignal(ProtobufMessages.signal(signal));
            case Notice.Presence presence -> response.setPresence(ProtobufMessages.presence(presence));
        }
        return encode(response.build(), allocator);
    }

    /** One frame with {@code message} in this wire's form; the caller owns it. */
    public ByteBuf encode(com.google.protobuf.MessageLite message, ByteBufAllocator allocator) {
        var frame = GrpcFrames.frame(message, allocator);
        if (this == GZIP) {
            return GrpcFrames.gzip(frame, allocator);
        }
        return this == TEXT ? GrpcFrames.text(frame, allocator) : frame;
    }
}
