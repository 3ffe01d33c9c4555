package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.ClientAddress;
import io.sluice.net.FairReads;
import io.sluice.net.SocketOutlet;
import io.sluice.net.TimerWheel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection: takes requests out of the byte stream one at a time; an {@link Http1Body} reads their bodies, the
 * {@link Http1Carrier} takes their responses. Confined to its loop.
 *
 * <p>Design note. Requests are parsed out of the {@link WaitingBytes} only when the exchange before has ended, so pipelined requests
 * wait as bytes, at most {@link #MAX_WAITING} of them before reading stops. Reads are asked for one by one: nothing is read
 * that nobody waits for. One timer entry serves every timeout, since only one can apply at a time.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements LoopState.Drainable {
    /** Bytes of further requests that may wait behind an exchange before reading stops. */
    private static final int MAX_WAITING = 16 << 10;
    /** How long an answer may take after the peer has ended its direction; then it is taken for gone. */
    private static final Duration HALF_CLOSED_WAIT = Duration.ofSeconds(10);

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

    private final Channel socket;
    private final FairReads reads;
    private final SocketOutlet out;
    private final Http1Carrier carrier;
    private final WaitingBytes waiting;
    private Phase phase = Phase.HEAD;
    private final HeadScan scan = new HeadScan();
    private @Nullable Exchange exchange;
    private @Nullable Http1Body body;
    private boolean first = true;
    private boolean processing;
    private boolean waitsToWrite;
    private boolean inputEnded;
    private long unsentBefore;

    Http1Connection(HttpServer server, LoopState state, Channel socket) {
        this.server = server;
        this.state = state;
        this.socket = socket;
        this.reads = FairReads.of(socket);
        this.out = new SocketOutlet(socket, state.loop);
        this.carrier = new Http1Carrier(this, server, socket, out);
        this.waiting = new WaitingBytes(socket.alloc());
        out.onWritable(this::socketWritable);
    }

    /** Takes no request: this connection is one too many, and is told so. */
    Http1Connection overloaded() {
        state.loop.execute(() -> {
            if (socket.isActive()) {
                reject(Problem.of(ClientError.OVERLOADED, "this server has as many connections as it takes")
                        .with("limit", server.settings().maxConnections()));
            }
        });
        return this;
    }

    // ---- the socket

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        state.connections.add(this);
        // A peer that has sent its request may end its direction and still gets the answer; TLS has an end of its own.
        halfClosure(!carrier.secure());
        if (ctx.channel().isActive()) {
            deadline(server.settings().idleTimeout());
            ctx.read();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        state.connections.remove(this);
        noDeadline();
        halfClosure(false);
        waiting.release();
    }

    private void halfClosure(boolean allowed) {
        reads.halfClosure(allowed);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        if (phase == Phase.LINGER || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        waiting.add(bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        process();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !inputEnded) {
            inputEnded = true;
            if (exchange != null && !carrier.responseEnded() && phase == Phase.HEAD) {
                deadline(HALF_CLOSED_WAIT);
            }
            process();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        out.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state.connections.remove(this);
        noDeadline();
        waiting.release();
        var current = exchange;
        exchange = null;
        out.disconnected();
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
        waiting.trim();
        if (phase != Phase.UPGRADED && wantsBytes()) {
            socket.read();
        }
    }

    private boolean step() {
        if (out.isClosed() && phase != Phase.LINGER || !socket.isActive()) {
            return false;
        }
        return switch (phase) {
            case HEAD -> exchange == null ? readHead() : nextRequest();
            case BODY -> content().step(waiting.get(), inputEnded);
            case LINGER, UPGRADED -> false;
        };
    }

    /** The request is complete; goes on to the next one once its response is too and has left far enough. */
    private boolean nextRequest() {
        if (!carrier.responseEnded()) {
            return false;
        }
        if (carrier.isLast()) {
            closeBehindResponse();
            return false;
        }
        if (!out.writable()) {
            if (!waitsToWrite) {
                waitsToWrite = true;
                unsentBefore = out.unsent();
                deadline(server.settings().stallTimeout());
            }
            return false;
        }
        waitsToWrite = false;
        exchange = null;
        deadline(server.settings().idleTimeout());
        return true;
    }

    private boolean readHead() {
        var in = waiting.get();
        if (in == null || !in.isReadable()) {
            return endOfInput();
        }
        try {
            if (first && !carrier.secure() && startsHttp2(in)) {
                return false;
            }
            int length = scan.headLength(in, server.settings());
            if (length < 0) {
                startHeadTimer();
                return endOfInput();
            }
            in.readBytes(state.scratch, 0, length);
            scan.reset();
            noDeadline();
            boolean fresh = first;
            first = false;
            var head =
                    RequestHead.parse(state.scratch, length, server.settings().maxFields());
            var http2 = fresh && !carrier.secure() ? Http2Connection.upgradeSettings(head) : null;
            if (http2 == null) {
                begin(head);
            } else {
                out.write(Unpooled.wrappedBuffer(Http2Switch.SWITCHING));
                var early = waiting.take();
                Http2Connection.upgrade(leavePipeline(), server, state, head, http2, early);
            }
        } catch (Refusal refusal) {
            cut(Abuse.MALFORMED);
            reject(refusal.problem());
        }
        return true;
    }

    /** Closes when no further request can come; always false. */
    private boolean endOfInput() {
        if (inputEnded) {
            closeBehindResponse();
        }
        return false;
    }

    /** True when this may become HTTP/2 by prior knowledge (RFC 9113 section 3.3), or just has. */
    private boolean startsHttp2(ByteBuf in) {
        switch (Http2Switch.startsHttp2(in)) {
            case NO -> {
                return false;
            }
            case NOT_YET -> startHeadTimer();
            case YES -> {
                waiting.take();
                var pipeline = leavePipeline();
                Http2Connection.assemble(pipeline, server, state);
                reads.handOn(in);
            }
        }
        return true;
    }

    private ChannelPipeline leavePipeline() {
        phase = Phase.UPGRADED;
        var pipeline = socket.pipeline();
        pipeline.remove(this);
        return pipeline;
    }

    private void startHeadTimer() {
        if (!scan.timed) {
            scan.timed = true;
            deadline(server.settings().headerTimeout());
        }
    }

    private void begin(RequestHead head) {
        var fields = head.headers();
        carrier.next(
                head.http10(),
                head.http10() || server.isDraining() || fields.containsValue("connection", "close", true));
        var expectation = fields.get("expect");
        var begun = new Exchange(carrier, state, server.observer(), head.method(), head.target(), fields);
        exchange = begun;
        carrier.isFor(begun.peer());
        var content = new Http1Body(head, begun, carrier, this, server.settings(), state.loop.clock());
        if (content.isDone()) {
            begun.bodyEnd(EmptyHttpHeaders.INSTANCE);
        } else {
            body = content;
            phase = Phase.BODY;
        }
        if (expectation != null) {
            if (!expectation.equalsIgnoreCase("100-continue")) {
                carrier.makeLast();
                begun.refuse(Problem.of(ClientError.EXPECTATION_FAILED, "the only expectation known is 100-continue"));
                return;
            }
            if (!head.http10() && body != null && waiting.length() == 0) {
                carrier.expectContinue();
            }
        }
        server.dispatch(begun);
    }

    private void cut(Abuse abuse) {
        server.observer().cut(abuse, exchange == null ? ClientAddress.of(socket) : exchange.peer());
    }

    /** Refuses what could not be understood as a request; nothing more can be read after it. */
    private void reject(Problem problem) {
        noDeadline();
        waiting.release();
        carrier.next(false, true);
        var malformed = new Exchange(carrier, state, server.observer(), "-", "/", EmptyHttpHeaders.INSTANCE);
        exchange = malformed;
        malformed.bodyEnd(EmptyHttpHeaders.INSTANCE);
        malformed.refuse(problem);
        if (phase != Phase.LINGER) {
            closeBehindResponse();
        }
    }

    private boolean wantsBytes() {
        if (inputEnded) {
            return false;
        }
        return switch (phase) {
            // Behind a pending exchange the read is what notices that the peer has gone.
            case HEAD -> exchange == null || waiting.length() < MAX_WAITING;
            case BODY -> content().wantsBytes();
            case LINGER -> true;
            case UPGRADED -> false;
        };
    }

    // ---- what the body tells

    private Http1Body content() {
        return Objects.requireNonNull(body);
    }

    /** The request is complete. */
    void bodyEnded(Exchange of, HttpHeaders trailers) {
        leaveBody();
        of.bodyEnd(trailers);
    }

    /** The rest of the request cannot be read, so that nothing can be read after it. */
    void bodyBroken(Exchange of, @Nullable Abuse abuse, Problem problem) {
        if (abuse != null) {
            cut(abuse);
        }
        leaveBody();
        carrier.makeLast();
        waiting.release();
        if (!carrier.responseEnded()) {
            of.bodyFailed(problem);
        }
    }

    private void leaveBody() {
        noDeadline();
        body = null;
        phase = Phase.HEAD;
    }

    // ---- what the carrier tells

    /** The exchange takes the next part of its request's body; {@code mayPause}: no timeout watches over it. */
    void bodyWanted(boolean mayPause) {
        if (phase == Phase.BODY) {
            content().wanted(mayPause);
        }
        process();
    }

    /** Whoever ends its direction while it is being streamed to is taken for gone: nobody else would tell for long. */
    void streamBegun() {
        halfClosure(false);
    }

    void responseEnded() {
        halfClosure(!carrier.secure());
        if (phase == Phase.BODY) {
            deadline(server.settings().bodyTimeout());
        }
        process();
    }

    /** Ends the connection at once, in the middle of a response. */
    void abort() {
        phase = Phase.LINGER;
        out.abort();
    }

    boolean mayUpgrade() {
        return phase != Phase.BODY;
    }

    /** Gives the socket away, with what has come behind the request. */
    UpgradedConnection leaveHttp() {
        var early = waiting.take();
        phase = Phase.UPGRADED;
        var client = Objects.requireNonNull(exchange).peer();
        exchange = null;
        var upgraded = new UpgradedSocket(out, early, client, server.observer());
        socket.pipeline().replace(this, null, upgraded);
        return upgraded;
    }

    /** Ends the connection once the last response has left; what the peer still sends is dropped (RFC 9112 section 9.6). */
    void closeBehindResponse() {
        phase = Phase.LINGER;
        waiting.release();
        noDeadline();
        out.close();
    }

    // ---- time and drain

    /** Sets the one timeout that applies from now on. */
    void deadline(Duration wait) {
        state.loop.wheel().schedule(timer, state.loop.clock().nanos() + wait.toNanos());
    }

    void noDeadline() {
        state.loop.wheel().cancel(timer);
    }

    private void timeout(long nowNanos) {
        switch (phase) {
            case HEAD -> {
                if (waitsToWrite) {
                    stalled();
                } else if (exchange != null) {
                    // Its peer has ended its direction, and does not seem to be there any more.
                    out.abort();
                } else if (waiting.length() == 0) {
                    out.close();
                } else {
                    cut(Abuse.SLOW_HEAD);
                    reject(Problem.of(ClientError.REQUEST_TIMEOUT, "the header fields took too long to arrive"));
                }
            }
            case BODY -> {
                content().tooSlow();
                process();
            }
            case LINGER, UPGRADED -> {}
        }
    }

    /** A response is ready for a peer that has not taken it for a while: ends the connection, unless some of it has left. */
    private void stalled() {
        long unsent = out.unsent();
        if (unsent == unsentBefore) {
            cut(Abuse.STALLED_READER);
            out.abort();
        } else {
            unsentBefore = unsent;
            deadline(server.settings().stallTimeout());
        }
    }

    /** Closes when idle; otherwise the current response says {@code connection: close}. */
    @Override
    public void drain() {
        if (phase == Phase.HEAD && exchange == null && waiting.length() == 0) {
            out.close();
        }
    }
}
