package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import io.sluice.net.ClientAddress;
import io.sluice.net.FairReads;
import io.sluice.net.TimerWheel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The life of one HTTP/2 connection (RFC 9113); its streams are {@link Http2Stream}s. Confined to its loop.
 *
 * <p>{@link Http2Guard} watches for abuse; the codec bounds header blocks. A drain sends two GOAWAYs, so that requests on their way are still served (section 6.8).
 */
final class Http2Connection extends ChannelInboundHandlerAdapter implements LoopState.Drainable {
    /** How long streams that were under way when the last GOAWAY left may take to end. */
    private static final Duration LAST_STREAMS = Duration.ofSeconds(30);

    /** What a client may send of one body before the reader asks for more. */
    private static final int STREAM_WINDOW = 256 << 10;

    /** Answers to SETTINGS and PING that wait for a client which does not read; beyond it the connection ends. */
    private static final int MAX_QUEUED_CONTROLS = 1_000;

    private final HttpServer server;
    private final LoopState state;
    private final Http2FrameCodec codec;
    private final Http2DataWriter data;
    private final Http2Waiting waiting;
    private final TimerWheel.Entry timer = new TimerWheel.Entry(now -> idleCheck());
    private final Runnable flush = this::flush;
    private final Unsent unsent;
    /** Requests that wait until more of the responses before them has left. */
    private final ArrayDeque<Exchange> later = new ArrayDeque<>(0);

    private @Nullable ChannelHandlerContext context;
    private int streamsBefore;
    private boolean drained;
    private boolean flushScheduled;
    private @Nullable Http2Guard guard;

    private Http2Connection(HttpServer server, LoopState state, Http2FrameCodec codec, Channel socket) {
        this.server = server;
        this.state = state;
        this.codec = codec;
        this.data = new Http2DataWriter(codec.connection());
        this.waiting = new Http2Waiting(codec.connection(), state.loop);
        this.unsent = server.unsent(socket, () -> state.loop.execute(this::goOn));
    }

    /** Adds the handlers of an HTTP/2 connection, in order. */
    static Http2FrameCodec assemble(ChannelPipeline pipeline, HttpServer server, LoopState state) {
        var settings = server.settings();
        var codecs = new Http2Codecs();
        var codec = codecs.initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(settings.maxConcurrentStreams())
                        .maxHeaderListSize(settings.maxHeaderBytes())
                        .initialWindowSize(STREAM_WINDOW))
                // The codec's own default is 0: it would close under the responses that are still being made.
                .gracefulShutdownTimeoutMillis(LAST_STREAMS.toMillis())
                .validateHeaders(true)
                // Netty's own counts would cut clients that cancel often; the guard tells them from attackers.
                .decoderEnforceMaxRstFramesPerWindow(0, 0)
                .encoderEnforceMaxRstFramesPerWindow(0, 0)
                .encoderEnforceMaxQueuedControlFrames(MAX_QUEUED_CONTROLS)
                .build();
        var connection = new Http2Connection(server, state, codec, pipeline.channel());
        pipeline.addLast(connection.data);
        pipeline.addLast(codec);
        var guard = new Http2Guard(codec, codecs.streams(), pipeline.channel(), server, state, connection::drain);
        connection.guard = guard;
        codecs.onHeadersTooLarge(guard::headersTooLarge);
        guard.start();
        pipeline.addLast(new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.config().setOption(ChannelOption.AUTO_READ, false);
                stream.pipeline().addLast(new Http2Stream(server, state, connection, guard));
            }
        }));
        pipeline.addLast(connection);
        // The codec asks for the next read after each: the windows of the streams hold bodies back.
        pipeline.channel().read();
        return codec;
    }

    /**
     * Goes on as HTTP/2 after a 101 response: the request that asked for it becomes stream 1 (RFC 7540 section 3.2).
     *
     * @param early bytes that came behind the request; taken over
     */
    static void upgrade(
            ChannelPipeline pipeline,
            HttpServer server,
            LoopState state,
            RequestHead head,
            Http2Settings settings,
            @Nullable ByteBuf early) {
        var codec = assemble(pipeline, server, state);
        var context = pipeline.context(codec);
        try {
            codec.onHttpServerUpgrade(settings);
            codec.decoder().frameListener().onHeadersRead(context, 1, Http2Fields.request(head), 0, true);
        } catch (Http2Exception refused) {
            context.fireExceptionCaught(refused);
        }
        FairReads.of(pipeline.channel()).handOn(early);
    }

    /** The client's settings, when {@code head} asks to go on as HTTP/2 and may; otherwise null. */
    static @Nullable Http2Settings upgradeSettings(RequestHead head) {
        HttpHeaders fields = head.headers();
        var encoded = fields.getAll("http2-settings");
        if (head.http10()
                || head.length() != 0
                || encoded.size() != 1
                || !fields.containsValue("upgrade", "h2c", true)
                || !fields.containsValue("connection", "upgrade", true)
                || !fields.containsValue("connection", "http2-settings", true)) {
            return null;
        }
        try {
            var bytes = Unpooled.wrappedBuffer(Base64.getUrlDecoder().decode(encoded.getFirst()));
            if (bytes.readableBytes() % Http2CodecUtil.SETTING_ENTRY_LENGTH != 0) {
                return null;
            }
            var settings = new Http2Settings();
            while (bytes.isReadable()) {
                settings.put((char) bytes.readUnsignedShort(), Long.valueOf(bytes.readUnsignedInt()));
            }
            return settings;
        } catch (IllegalArgumentException notSettings) {
            return null;
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        state.connections.add(this);
        scheduleIdleCheck();
        if (server.isDraining()) {
            state.loop.execute(this::drain);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state.connections.remove(this);
        state.loop.wheel().cancel(timer);
        if (guard != null) {
            guard.stop();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        // Settings, pings and GOAWAY: the codec has acted on them.
        ReferenceCountUtil.release(frame);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception broken) {
            // The codec has said so to the peer, and closes.
            server.observer().cut(abuse(broken), ClientAddress.of(ctx.channel()));
        } else {
            Failures.connection(ctx, cause);
        }
    }

    /** The codec tells its reasons only in words. */
    private static Abuse abuse(Http2Exception broken) {
        var words = String.valueOf(broken.getMessage()).toLowerCase(Locale.ROOT);
        if (words.contains("continuation")) {
            return Abuse.CONTINUATION_FLOOD;
        }
        if (words.contains("header size") || words.contains("header list")) {
            return Abuse.HEADER_BOMB;
        }
        return broken.error() == Http2Error.ENHANCE_YOUR_CALM ? Abuse.CONTROL_FLOOD : Abuse.MALFORMED;
    }

    /** The codec's own object of a stream; null once that is closed. */
    io.netty.handler.codec.http2.@Nullable Http2Stream stream(int id) {
        return codec.connection().stream(id);
    }

    Http2DataWriter data() {
        return data;
    }

    Http2Waiting waiting() {
        return waiting;
    }

    Unsent unsent() {
        return unsent;
    }

    /** Gives a request to its route, once what was answered before leaves room for another response. */
    void dispatch(Exchange exchange) {
        if (unsent.isFull()) {
            later.add(exchange);
        } else {
            server.dispatch(exchange);
        }
    }

    private void goOn() {
        while (!later.isEmpty() && !unsent.isFull()) {
            var exchange = later.remove();
            if (!exchange.hasEnded()) {
                server.dispatch(exchange);
            }
        }
    }

    /** Hands what the windows take to the socket, without flushing it. */
    void push() {
        try {
            codec.connection().remote().flowController().writePendingBytes();
        } catch (Http2Exception broken) {
            if (context != null) {
                context.fireExceptionCaught(broken);
            }
        }
    }

    /** Sends what the streams of this connection write in this turn of the loop, all together at its end. */
    void flushThisTurn() {
        if (!flushScheduled) {
            flushScheduled = true;
            state.loop.execute(flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        if (context != null) {
            context.flush();
        }
    }

    private void scheduleIdleCheck() {
        var wheel = state.loop.wheel();
        wheel.schedule(
                timer,
                state.loop.clock().nanos() + server.settings().idleTimeout().toNanos());
    }

    private void idleCheck() {
        int opened = codec.connection().remote().lastStreamCreated();
        if (codec.connection().numActiveStreams() == 0 && opened == streamsBefore) {
            close();
            return;
        }
        streamsBefore = opened;
        scheduleIdleCheck();
    }

    @Override
    public void drain() {
        var ctx = context;
        if (drained || ctx == null || !ctx.channel().isActive()) {
            return;
        }
        drained = true;
        var warning = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
        warning.setExtraStreamIds(Integer.MAX_VALUE);
        ctx.writeAndFlush(warning);
        state.loop.schedule(this::close, server.settings().goAwayGrace().toNanos());
    }

    /** Names the last stream that will be served, and closes once that is done. */
    private void close() {
        var ctx = context;
        if (ctx != null && ctx.channel().isActive()) {
            ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            ctx.close();
        }
    }
}
