package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.sluice.net.ClientAddress;
import io.sluice.net.FairReads;
import java.nio.charset.StandardCharsets;

/**
 * Watches one HTTP/2 connection for abuse (RFC 9113 section 10.5) and ends it before it costs the others. Confined to its loop.
 *
 * <p>Design note. What counts is work that came to nothing, not frames as such: a stream that closes before its response has
 * left, whoever reset it, so that resets by the client (CVE-2023-44487) and resets that a client provokes (CVE-2025-8671) are
 * one thing. A stream that is served pays one back. A client that cancels fewer than {@value #RESETS_PER_SECOND} requests a
 * second is never cut, however long it goes on. When three quarters of the forgiven burst of {@value #RESETS} are used up, the
 * connection drains: its client goes on with a new one. At the end it gets GOAWAY with ENHANCE_YOUR_CALM and is closed.
 *
 * <p>Control frames, and frames that carry nothing, are counted in the same way. Header blocks are bounded by the codec: 16
 * small CONTINUATION frames, and {@code http.max_header_size} after HPACK.
 */
final class Http2Guard extends Http2FrameListenerDecorator {
    private static final int RESETS = 500;
    private static final int RESETS_PER_SECOND = 100;
    /** What header fields that inflate beyond their limit count for: a client that is honest meets the limit once and learns. */
    private static final int HEADER_BOMB = 50;

    private static final int CONTROLS = 1_000;
    private static final int CONTROLS_PER_SECOND = 100;
    /** A window that is opened by less than this is opened for nothing. */
    private static final int SMALL_INCREMENT = 256;

    private final Http2FrameCodec codec;
    private final Http2Streams streams;
    private final Channel socket;
    private final FairReads reads;
    private final HttpServer server;
    private final LoopState state;
    private final Runnable drain;
    private final Score resets;
    private final Score controls;
    private final PropertyKey served;
    private final Http2Stalls stalls;
    private boolean warned;
    private boolean cut;

    /** @param drain asks the client to go on with a new connection */
    Http2Guard(
            Http2FrameCodec codec,
            Http2Streams streams,
            Channel socket,
            HttpServer server,
            LoopState state,
            Runnable drain) {
        super(codec.decoder().frameListener());
        this.codec = codec;
        this.streams = streams;
        this.socket = socket;
        this.reads = FairReads.of(socket);
        this.server = server;
        this.state = state;
        this.drain = drain;
        this.resets = new Score(state.loop.clock(), RESETS, RESETS_PER_SECOND);
        this.controls = new Score(state.loop.clock(), CONTROLS, CONTROLS_PER_SECOND);
        this.served = codec.connection().newKey();
        this.stalls = new Http2Stalls(codec, socket, server, state);
    }

    /** Begins to watch. */
    void start() {
        codec.decoder().frameListener(this);
        codec.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamRemoved(io.netty.handler.codec.http2.Http2Stream stream) {
                if (codec.connection().remote().isValidStreamId(stream.id()) && stream.getProperty(served) == null) {
                    fruitless();
                }
            }
        });
        stalls.start();
    }

    void stop() {
        stalls.stop();
    }

    /** A response begins: whoever is refused again and again is read more slowly. */
    void answered(int status) {
        reads.answered(status >= 400);
    }

    /** The response of a stream has left: how it closes no longer matters. */
    void served(int streamId) {
        var stream = codec.connection().stream(streamId);
        if (stream != null) {
            stream.setProperty(served, Boolean.TRUE);
        }
        resets.giveBack();
    }

    /** Header fields were too large once inflated, and answered with 431. */
    void headersTooLarge() {
        if (resets.take(HEADER_BOMB)) {
            server.observer().cut(Abuse.HEADER_BOMB, ClientAddress.of(socket));
        } else {
            cut(Abuse.HEADER_BOMB);
        }
    }

    private void fruitless() {
        if (!resets.take()) {
            cut(Abuse.RAPID_RESET);
        } else if (resets.isLow()) {
            warn();
        }
    }

    private void control() {
        if (!controls.take()) {
            cut(Abuse.CONTROL_FLOOD);
        }
    }

    private void warn() {
        if (!warned) {
            warned = true;
            state.loop.execute(drain);
        }
    }

    private void cut(Abuse abuse) {
        if (cut) {
            return;
        }
        cut = true;
        server.observer().cut(abuse, ClientAddress.of(socket));
        reads.stop();
        // Not from within the codec, which is in the middle of a frame.
        state.loop.execute(() -> {
            var why = Unpooled.wrappedBuffer(abuse.code().getBytes(StandardCharsets.US_ASCII));
            socket.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM, why));
            codec.gracefulShutdownTimeoutMillis(0);
            socket.close();
        });
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        if (cut) {
            return data.readableBytes() + padding;
        }
        if (!data.isReadable() && !endOfStream) {
            control();
        }
        return super.onDataRead(ctx, streamId, data, padding, endOfStream);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        if (!cut) {
            super.onHeadersRead(ctx, streamId, headers, padding, end);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        if (!cut) {
            super.onHeadersRead(ctx, streamId, headers, streamDependency, weight, exclusive, padding, end);
        }
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) throws Http2Exception {
        streams.reset(streamId);
        super.onRstStreamRead(ctx, streamId, errorCode);
    }

    @Override
    public void onPriorityRead(
            ChannelHandlerContext ctx, int streamId, int streamDependency, short weight, boolean exclusive)
            throws Http2Exception {
        if (!cut) {
            control();
            super.onPriorityRead(ctx, streamId, streamDependency, weight, exclusive);
        }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        if (!cut) {
            control();
            super.onSettingsRead(ctx, settings);
        }
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        if (!cut) {
            control();
            super.onPingRead(ctx, data);
        }
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) throws Http2Exception {
        if (cut) {
            return;
        }
        if (increment < SMALL_INCREMENT) {
            control();
        }
        stalls.opened(streamId);
        super.onWindowUpdateRead(ctx, streamId, increment);
    }

    @Override
    public void onUnknownFrame(
            ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload)
            throws Http2Exception {
        if (!cut) {
            control();
            super.onUnknownFrame(ctx, frameType, streamId, flags, payload);
        }
    }
}
