package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslHandler;
import io.sluice.net.SocketOutlet;
import io.sluice.net.TimerWheel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection: takes requests out of the byte stream one at a time and frames their responses. Confined to its
 * loop.
 *
 * <p>Design note. Requests are parsed out of {@link #pending} only when the exchange before has ended, so pipelined requests
 * wait as bytes, at most {@link #MAX_WAITING} of them before reading stops. Reads are asked for one by one: nothing is read
 * that nobody waits for. One timer entry serves every timeout, since only one can apply at a time.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements Carrier, LoopState.Drainable {
    /** Bytes of further requests that may wait behind an exchange before reading stops. */
    private static final int MAX_WAITING = 16 << 10;
    /** Bytes of an unwanted body that are read and dropped to keep the connection; beyond it the connection closes. */
    private static final int MAX_DISCARD = 256 << 10;
    /** How long a refused peer may take to read the refusal before the connection is closed. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SWITCH_TO_HTTP2 =
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private enum Phase {
        /** Between requests or within a head; also while the exchange of a complete request goes on. */
        HEAD,
        BODY,
        /** The last response has left; what still comes is dropped until the peer closes. */
        LINGER,
        UPGRADED
    }

    private final HttpServer server;
    private final LoopState state;
    private final TimerWheel.Entry timer = new TimerWheel.Entry(this::timeout);

    private @Nullable ChannelHandlerContext context;
    private @Nullable SocketOutlet outlet;
    private @Nullable Http1Response response;
    private @Nullable ByteBuf pending;
    private Phase phase = Phase.HEAD;
    private final HeadScan scan = new HeadScan();
    private @Nullable Exchange exchange;
    private @Nullable BodyFraming body;
    private boolean responseEnded;
    private boolean continueExpected;
    private boolean headSent;
    private boolean http10;
    private boolean first = true;
    private boolean closeAfter;
    private boolean processing;
    private boolean waitsToWrite;
    private long discarded;

    Http1Connection(HttpServer server, LoopState state) {
        this.server = server;
        this.state = state;
    }

    /** Takes no request: this connection is one too many, and is told so. */
    Http1Connection overloaded() {
        state.loop.execute(() -> {
            if (context != null && context.channel().isActive()) {
                reject(Problem.of(ClientError.OVERLOADED, "this server has as many connections as it takes")
                        .with("limit", server.settings().maxConnections()));
            }
        });
        return this;
    }

    // ---- the socket

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        var out = new SocketOutlet(ctx.channel(), state.loop);
        out.onWritable(this::socketWritable);
        outlet = out;
        response = new Http1Response(out, ctx.alloc());
        state.connections.add(this);
        if (ctx.channel().isActive()) {
            deadline(server.settings().idleTimeout());
            ctx.read();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        state.connections.remove(this);
        state.loop.wheel().cancel(timer);
        releasePending();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        if (phase == Phase.LINGER || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        var before = pending;
        if (before == null) {
            pending = bytes;
            return;
        }
        int length = bytes.readableBytes();
        if (before.maxFastWritableBytes() < length
                || before.refCnt() > 1 && before.capacity() - before.writerIndex() < length) {
            var larger = ctx.alloc().directBuffer(Math.max(2048, 2 * (before.readableBytes() + length)));
            larger.writeBytes(before);
            before.release();
            pending = larger;
            before = larger;
        }
        before.writeBytes(bytes);
        bytes.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        process();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        out().writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state.connections.remove(this);
        state.loop.wheel().cancel(timer);
        releasePending();
        var current = exchange;
        exchange = null;
        out().disconnected();
        if (current != null) {
            current.gone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Failures.connection(ctx, cause);
    }

    private void socketWritable() {
        if (waitsToWrite) {
            waitsToWrite = false;
            process();
        } else if (exchange != null) {
            exchange.writableAgain();
        }
    }

    private SocketOutlet out() {
        return Objects.requireNonNull(outlet);
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private void releasePending() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    // ---- requests

    /** Goes as far as the bytes at hand and the current exchange allow, then asks for a read if that could help. */
    private void process() {
        if (processing || phase == Phase.UPGRADED) {
            return;
        }
        processing = true;
        try {
            while (step()) {
                // every step moves the connection on
            }
        } finally {
            processing = false;
        }
        if (pending != null && !pending.isReadable()) {
            releasePending();
        }
        if (phase != Phase.UPGRADED && wantsBytes()) {
            context().read();
        }
    }

    private boolean step() {
        if (out().isClosed() && phase != Phase.LINGER || !context().channel().isActive()) {
            return false;
        }
        return switch (phase) {
            case HEAD -> exchange == null ? readHead() : nextRequest();
            case BODY -> readBodyPart();
            case LINGER, UPGRADED -> false;
        };
    }

    /** The request is complete; goes on to the next one once its response is too and has left far enough. */
    private boolean nextRequest() {
        if (!responseEnded) {
            return false;
        }
        if (closeAfter) {
            lingerOrClose(false);
            return false;
        }
        if (!out().writable()) {
            waitsToWrite = true;
            return false;
        }
        exchange = null;
        responseEnded = false;
        deadline(server.settings().idleTimeout());
        return true;
    }

    private boolean readHead() {
        var in = pending;
        if (in == null || !in.isReadable()) {
            return false;
        }
        try {
            if (first && !secure() && startsHttp2(in)) {
                return false;
            }
            int length = scan.headLength(in, server.settings());
            if (length < 0) {
                startHeadTimer();
                return false;
            }
            in.readBytes(state.scratch, 0, length);
            scan.reset();
            state.loop.wheel().cancel(timer);
            boolean fresh = first;
            first = false;
            var head =
                    RequestHead.parse(state.scratch, length, server.settings().maxFields());
            var http2 = fresh && !secure() ? Http2Connection.upgradeSettings(head) : null;
            if (http2 == null) {
                begin(head);
            } else {
                upgradeToHttp2(head, http2);
            }
        } catch (Refusal refusal) {
            reject(refusal.problem());
        }
        return true;
    }

    /** True when this may become HTTP/2 by prior knowledge (RFC 9113 section 3.3), or just has. */
    private boolean startsHttp2(ByteBuf in) {
        int known = Math.min(in.readableBytes(), PREFACE.length);
        for (int i = 0; i < known; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                return false;
            }
        }
        if (known < PREFACE.length) {
            startHeadTimer();
            return true;
        }
        pending = null;
        phase = Phase.UPGRADED;
        var pipeline = context().pipeline();
        pipeline.remove(this);
        Http2Connection.assemble(pipeline, server, state);
        pipeline.fireChannelRead(in);
        pipeline.fireChannelReadComplete();
        return true;
    }

    private void upgradeToHttp2(RequestHead head, Http2Settings settings) {
        var out = context().alloc().directBuffer(SWITCH_TO_HTTP2.length).writeBytes(SWITCH_TO_HTTP2);
        out().write(out);
        out.release();
        var early = pending;
        pending = null;
        phase = Phase.UPGRADED;
        var pipeline = context().pipeline();
        pipeline.remove(this);
        Http2Connection.upgrade(pipeline, server, state, head, settings, early);
    }

    private void startHeadTimer() {
        if (!scan.timed) {
            scan.timed = true;
            deadline(server.settings().headerTimeout());
        }
    }

    private void begin(RequestHead head) {
        var fields = head.headers();
        http10 = head.http10();
        closeAfter = http10 || server.isDraining() || fields.containsValue("connection", "close", true);
        responseEnded = false;
        discarded = 0;
        continueExpected = false;
        headSent = false;
        var expectation = fields.get("expect");
        var begun = new Exchange(this, state, server.observer(), head.method(), head.target(), fields);
        exchange = begun;
        var frame = new BodyFraming(
                head.length(),
                server.settings().maxHeaderBytes(),
                server.settings().maxFields());
        if (frame.isDone()) {
            begun.bodyEnd(EmptyHttpHeaders.INSTANCE);
        } else {
            body = frame;
            phase = Phase.BODY;
        }
        if (expectation != null) {
            if (!expectation.equalsIgnoreCase("100-continue")) {
                closeAfter = true;
                begun.refuse(Problem.of(ClientError.EXPECTATION_FAILED, "the only expectation known is 100-continue"));
                return;
            }
            continueExpected = !http10 && body != null && (pending == null || !pending.isReadable());
        }
        server.dispatch(begun);
    }

    private boolean readBodyPart() {
        var current = Objects.requireNonNull(exchange);
        var frame = Objects.requireNonNull(body);
        boolean discarding = responseEnded;
        if (!discarding && !current.wantsPart()) {
            return false;
        }
        if (discarding && (continueExpected || discarded > MAX_DISCARD || frame.remaining() > MAX_DISCARD)) {
            lingerOrClose(true);
            return false;
        }
        var in = pending;
        try {
            var part = in == null ? null : frame.next(in);
            if (part != null) {
                if (discarding) {
                    deadline(server.settings().bodyTimeout());
                    discarded += part.readableBytes();
                    part.release();
                } else {
                    // The reader may take its time; the peer's time counts again once more is wanted.
                    state.loop.wheel().cancel(timer);
                    current.part(part);
                }
                return true;
            }
        } catch (Refusal refusal) {
            breakBody(refusal.problem());
            return true;
        }
        if (!frame.isDone()) {
            return false;
        }
        state.loop.wheel().cancel(timer);
        body = null;
        phase = Phase.HEAD;
        current.bodyEnd(frame.trailers());
        return true;
    }

    private void breakBody(Problem problem) {
        state.loop.wheel().cancel(timer);
        body = null;
        phase = Phase.HEAD;
        closeAfter = true;
        releasePending();
        if (exchange != null && !responseEnded) {
            exchange.bodyFailed(problem);
        }
    }

    /** Refuses what could not be understood as a request; nothing more can be read after it. */
    private void reject(Problem problem) {
        state.loop.wheel().cancel(timer);
        releasePending();
        closeAfter = true;
        http10 = false;
        var malformed = new Exchange(this, state, server.observer(), "-", "/", EmptyHttpHeaders.INSTANCE);
        exchange = malformed;
        malformed.bodyEnd(EmptyHttpHeaders.INSTANCE);
        malformed.refuse(problem);
        if (phase != Phase.LINGER) {
            lingerOrClose(true);
        }
    }

    private boolean wantsBytes() {
        return switch (phase) {
            // Behind a pending exchange the read is what notices that the peer has gone.
            case HEAD -> exchange == null || pending == null || pending.readableBytes() < MAX_WAITING;
            case BODY -> responseEnded || exchange != null && exchange.wantsPart();
            case LINGER -> true;
            case UPGRADED -> false;
        };
    }

    @Override
    public void wantBody(boolean mayPause) {
        if (continueExpected && !headSent) {
            continueExpected = false;
            var bytes = context().alloc().directBuffer(CONTINUE.length).writeBytes(CONTINUE);
            out().write(bytes);
            bytes.release();
        }
        if (phase == Phase.BODY && mayPause) {
            state.loop.wheel().cancel(timer);
        } else if (phase == Phase.BODY) {
            deadline(server.settings().bodyTimeout());
        }
        process();
    }

    // ---- responses

    @Override
    public void respond(int status, HttpHeaders fields, ByteBuf content, boolean bodiless) {
        response().whole(status, fields, content, bodiless, closesAfter(fields));
        responseEnded();
    }

    @Override
    public void begin(int status, HttpHeaders fields, boolean bodiless) {
        response().begin(status, fields, bodiless, closesAfter(fields));
    }

    private boolean closesAfter(HttpHeaders fields) {
        headSent = true;
        closeAfter |= fields.containsValue("connection", "close", true) || server.isDraining() || continueExpected;
        return closeAfter;
    }

    private Http1Response response() {
        return Objects.requireNonNull(response);
    }

    @Override
    public void write(ByteBuf bytes) {
        response().write(bytes);
    }

    @Override
    public void end(HttpHeaders trailers) {
        if (response().end(trailers)) {
            responseEnded();
        } else {
            abort();
        }
    }

    private void responseEnded() {
        responseEnded = true;
        if (phase == Phase.BODY) {
            deadline(server.settings().bodyTimeout());
        }
        process();
    }

    @Override
    public void abort() {
        phase = Phase.LINGER;
        out().abort();
    }

    @Override
    public boolean writable() {
        return out().writable();
    }

    /**
     * Ends the connection behind the last response. Bytes that the peer still sends would make the kernel answer with a
     * reset, which can take the response away before the peer has read it: so with {@code unread} input expected only our
     * direction ends, and what comes is dropped for a while (RFC 9112 section 9.6).
     */
    private void lingerOrClose(boolean unread) {
        phase = Phase.LINGER;
        releasePending();
        state.loop.wheel().cancel(timer);
        var socket = context().channel();
        if (!unread
                || !(socket instanceof DuplexChannel duplex)
                || socket.pipeline().get(SslHandler.class) != null) {
            out().close();
            return;
        }
        deadline(LINGER);
        socket.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> duplex.shutdownOutput());
        context().read();
    }

    @Override
    public @Nullable UpgradedConnection upgrade(String protocol, HttpHeaders fields) {
        if (http10 || phase == Phase.BODY) {
            return null;
        }
        response().switching(protocol, fields);
        var early = pending;
        pending = null;
        phase = Phase.UPGRADED;
        exchange = null;
        var upgraded = new UpgradedSocket(out(), early, server.observer());
        context().pipeline().replace(this, null, upgraded);
        return upgraded;
    }

    // ---- the carrier's facts

    @Override
    public String version() {
        return http10 ? "HTTP/1.0" : "HTTP/1.1";
    }

    @Override
    public InetSocketAddress peer() {
        return (InetSocketAddress) context().channel().remoteAddress();
    }

    @Override
    public boolean secure() {
        return context().pipeline().get(SslHandler.class) != null;
    }

    // ---- time and drain

    private void deadline(Duration wait) {
        state.loop.wheel().schedule(timer, state.loop.clock().nanos() + wait.toNanos());
    }

    private void timeout(long nowNanos) {
        switch (phase) {
            case HEAD -> {
                if (exchange != null) {
                    return;
                }
                if (pending == null) {
                    out().close();
                } else {
                    reject(Problem.of(ClientError.REQUEST_TIMEOUT, "the header fields took too long to arrive"));
                }
            }
            case BODY -> {
                breakBody(Problem.of(ClientError.REQUEST_TIMEOUT, "the body made no progress"));
                process();
            }
            case LINGER -> out().abort();
            case UPGRADED -> {}
        }
    }

    /** Closes when idle; otherwise the current response says {@code connection: close}. */
    @Override
    public void drain() {
        if (phase == Phase.HEAD && exchange == null && pending == null) {
            out().close();
        }
    }
}
