package io.sluice.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/** Builds the codec of one server connection, which tells when it answers header fields that are too large with 431. */
final class Http2Codecs extends Http2FrameCodecBuilder {
    private final Http2Streams streams = new Http2Streams();
    private Runnable tooLarge = () -> {};

    Http2Codecs() {
        // Weighted trees cost each stream more than its response; RFC 9113 section 5.3 has given them up.
        streams.remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(streams, new UniformStreamByteDistributor(streams)));
        connection(streams);
        gracefulShutdownTimeoutMillis(0);
    }

    Http2Streams streams() {
        return streams;
    }

    /** What runs when the codec that was built finds header fields too large. */
    void onHeadersTooLarge(Runnable action) {
        tooLarge = action;
    }

    @Override
    protected Http2FrameCodec build(
            Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        return new Codec(decoder, encoder, settings, decoupleCloseAndGoAway(), flushPreface());
    }

    private final class Codec extends Http2FrameCodec {
        Codec(
                Http2ConnectionDecoder decoder,
                Http2ConnectionEncoder encoder,
                Http2Settings settings,
                boolean decoupled,
                boolean flushPreface) {
            super(encoder, decoder, settings, decoupled, flushPreface);
            gracefulShutdownTimeoutMillis(0);
        }

        @Override
        public void onError(ChannelHandlerContext ctx, boolean outbound, Throwable cause) {
            super.onError(ctx, outbound, outbound ? cause : judged(cause));
        }

        /** The codec takes every frame on a stream that is gone for one that crossed a reset; the streams know better. */
        private Throwable judged(Throwable cause) {
            if (!(Http2CodecUtil.getEmbeddedHttp2Exception(cause) instanceof Http2Exception.StreamException about)) {
                return cause;
            }
            int id = about.streamId();
            if (about.error() == Http2Error.REFUSED_STREAM) {
                streams.reset(id);
            }
            if (about.error() != Http2Error.STREAM_CLOSED || streams.stream(id) != null) {
                return cause;
            }
            var broken = streams.broken(id);
            return broken == null
                    ? cause
                    : Http2Exception.connectionError(broken, "a frame on stream %d, which had ended", id);
        }

        @Override
        protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
            tooLarge.run();
            super.handleServerHeaderDecodeSizeError(ctx, stream);
            // Before the base class resets it with an error, which the client might take for the answer: RFC 9113,
            // section 8.1.
            resetStream(ctx, stream.id(), Http2Error.NO_ERROR.code(), ctx.newPromise());
            stream.resetSent();
        }
    }
}
