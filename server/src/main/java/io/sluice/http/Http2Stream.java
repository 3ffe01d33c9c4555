package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.sluice.net.ClientAddress;
import io.sluice.net.TimerWheel;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 stream: one exchange. Confined to its loop.
 *
 * <p>The stream's channel reads one frame for each read that is asked for, and opens the client's window by what was read:
 * that holds request bodies back. Towards the client, it is writable while the client's windows and the socket have room.
 */
final class Http2Stream extends ChannelInboundHandlerAdapter implements Carrier {
    private final HttpServer server;
    private final LoopState state;
    private final Http2Connection connection;
    private final Http2Guard guard;
    private final TimerWheel.Entry timer = new TimerWheel.Entry(now -> bodyTimeout());
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private boolean requestEnded;
    private boolean continueExpected;
    private boolean headOnly;
    private @Nullable BodyPace pace;
    /** Nothing of the request is looked at any more. */
    private boolean over;
    /** False while the client's windows or the socket take nothing. */
    private boolean room = true;
    /** The codec's object of this stream; null before the response has begun. */
    private io.netty.handler.codec.http2.@Nullable Http2Stream response;

    Http2Stream(HttpServer server, LoopState state, Http2Connection connection, Http2Guard guard) {
        this.server = server;
        this.state = state;
        this.connection = connection;
        this.guard = guard;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            ctx.read();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        if (over) {
            ReferenceCountUtil.release(frame);
            return;
        }
        switch (frame) {
            case Http2HeadersFrame headers when exchange == null -> begin(headers);
            case Http2HeadersFrame trailers -> trailers(trailers);
            case Http2DataFrame data -> part(data);
            default -> ReferenceCountUtil.release(frame);
        }
    }

    private void begin(Http2HeadersFrame frame) {
        Http2Headers head = frame.headers();
        requestEnded = frame.isEndStream();
        var method = head.method();
        var path = head.path();
        if (method == null || !"CONNECT".contentEquals(method) && (path == null || head.scheme() == null)) {
            // RFC 9113 section 8.3.1.
            reset(Http2Error.PROTOCOL_ERROR);
            return;
        }
        HttpHeaders fields = EmptyHttpHeaders.INSTANCE;
        Problem wrong = null;
        try {
            fields = Http2Fields.fromRequest(head, server.settings().maxFields());
            if (path != null && path.length() > server.settings().maxRequestLine()) {
                wrong = Problem.of(ClientError.URI_TOO_LONG, "the path is too long")
                        .with("limit", server.settings().maxRequestLine());
            } else if (path == null
                    || path.isEmpty()
                    || path.charAt(0) != '/' && !path.toString().equals("*")) {
                wrong = Problem.of(ClientError.BAD_REQUEST, "the path must begin with a slash");
            }
        } catch (Refusal refusal) {
            wrong = refusal.problem();
        }
        var begun = new Exchange(
                this, state, server.observer(), method.toString(), path == null ? "/" : path.toString(), fields);
        exchange = begun;
        if (requestEnded) {
            begun.bodyEnd(EmptyHttpHeaders.INSTANCE);
        }
        if (wrong != null) {
            begun.refuse(wrong);
            return;
        }
        continueExpected = !requestEnded && fields.containsValue("expect", "100-continue", true);
        connection.dispatch(begun);
    }

    private void part(Http2DataFrame frame) {
        var current = Objects.requireNonNull(exchange);
        boolean last = frame.isEndStream();
        var bytes = frame.content();
        state.loop.wheel().cancel(timer);
        if (pace != null && !pace.came(bytes.readableBytes()) && !last) {
            bytes.release();
            bodyTimeout();
        } else if (bytes.isReadable() && current.wantsPart()) {
            current.part(bytes);
        } else {
            bytes.release();
            if (!last && current.wantsPart()) {
                context().read();
            }
        }
        if (last) {
            // The reader may have asked for more than there is while it took this part.
            state.loop.wheel().cancel(timer);
            requestEnded = true;
            current.bodyEnd(EmptyHttpHeaders.INSTANCE);
        }
    }

    /** Trailers end the request and hold no pseudo-header fields (RFC 9113 section 8.1). */
    private void trailers(Http2HeadersFrame frame) {
        for (var name : frame.headers().names()) {
            if (name.length() > 0 && name.charAt(0) == ':') {
                reset(Http2Error.PROTOCOL_ERROR);
                return;
            }
        }
        if (frame.isEndStream()) {
            end(frame.headers());
        } else {
            reset(Http2Error.PROTOCOL_ERROR);
        }
    }

    private void end(Http2Headers trailers) {
        var current = Objects.requireNonNull(exchange);
        state.loop.wheel().cancel(timer);
        requestEnded = true;
        try {
            current.bodyEnd(Http2Fields.plain(trailers, server.settings().maxFields()));
        } catch (Refusal refusal) {
            current.bodyFailed(refusal.problem());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            gone();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state.loop.wheel().cancel(timer);
        gone();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            mayWrite();
        }
    }

    /** Whether the windows and the socket have room, whenever that changes. */
    void room(boolean open) {
        room = open;
    }

    /** There may be room again for a stream that found none. */
    void mayWrite() {
        if (exchange != null && writable()) {
            exchange.writableAgain();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A stream's errors are the peer's (RFC 9113 section 5.4.2); the codec closes this channel after the call.
        if (cause instanceof Http2Exception broken) {
            reset(error(broken));
        } else {
            ctx.close();
        }
    }

    /**
     * Header fields on a stream that its client has ended are a STREAM_CLOSED (RFC 9113 section 5.1). The codec has another name
     * for them: it counts the HEADERS that open and end a stream as trailers too, and finds any further ones too many.
     */
    private Http2Error error(Http2Exception broken) {
        boolean tooMany = String.valueOf(broken.getMessage()).contains("too many headers");
        return requestEnded && tooMany ? Http2Error.STREAM_CLOSED : broken.error();
    }

    /**
     * Reads and drops what of the request has come and what still comes. A stream's channel closes only once all that it queued
     * was read; one that nobody reads any more would keep its buffers for ever.
     */
    private void discard() {
        over = true;
        context().channel().config().setAutoRead(true);
    }

    private void gone() {
        discard();
        connection.waiting().remove(this);
        if (exchange != null) {
            exchange.gone();
        }
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    @Override
    public void wantBody(boolean mayPause) {
        var ctx = context();
        if (continueExpected) {
            continueExpected = false;
            ctx.writeAndFlush(
                    new DefaultHttp2HeadersFrame(Http2Fields.response(100, EmptyHttpHeaders.INSTANCE, null), false));
        }
        if (!mayPause) {
            if (pace == null) {
                pace = new BodyPace(state.loop.clock());
            }
            pace.wanted();
            var wait = server.settings().bodyTimeout();
            state.loop.wheel().schedule(timer, state.loop.clock().nanos() + wait.toNanos());
        }
        ctx.read();
    }

    private void bodyTimeout() {
        if (exchange != null) {
            server.observer().cut(Abuse.SLOW_BODY, exchange == null ? peer() : exchange.peer());
            exchange.bodyFailed(Problem.of(ClientError.REQUEST_TIMEOUT, "the body made no progress"));
        }
    }

    @Override
    public void respond(int status, HttpHeaders fields, ByteBuf body, boolean bodiless) {
        guard.answered(status);
        var length = status == 204 || status == 304 ? null : Integer.toString(body.readableBytes());
        var head = Http2Fields.response(status, fields, length);
        boolean headOnly = bodiless || !body.isReadable();
        var sent = context().write(new DefaultHttp2HeadersFrame(head, headOnly));
        if (headOnly) {
            body.release();
        } else {
            int bytes = body.readableBytes();
            sent = context().write(new DefaultHttp2DataFrame(body, true));
            // A response that its window takes is not kept until the flush: failing it would cost more than sending it.
            connection.push();
            connection.unsent().add(bytes, sent);
        }
        context().flush();
        responseEnded(sent);
    }

    @Override
    public void begin(int status, HttpHeaders fields, boolean bodiless) {
        guard.answered(status);
        context().write(new DefaultHttp2HeadersFrame(Http2Fields.response(status, fields, null), bodiless));
        headOnly = bodiless;
        continueExpected = false;
        response = connection.stream(id());
        if (response != null) {
            connection.waiting().watch(response, this);
        }
        connection.flushThisTurn();
    }

    @Override
    public void write(ByteBuf bytes) {
        var stream = response;
        if (stream == null || !connection.data().write(stream, bytes)) {
            int length = bytes.readableBytes();
            connection
                    .unsent()
                    .add(length, context().write(new DefaultHttp2DataFrame(bytes.retainedDuplicate(), false)));
        }
        connection.flushThisTurn();
    }

    @Override
    public void end(HttpHeaders trailers) {
        ChannelFuture sent;
        if (headOnly) {
            sent = context().newSucceededFuture();
        } else if (trailers.isEmpty()) {
            sent = context().write(new DefaultHttp2DataFrame(true));
        } else {
            sent = context().write(new DefaultHttp2HeadersFrame(Http2Fields.trailers(trailers), true));
        }
        connection.flushThisTurn();
        responseEnded(sent);
    }

    /** An answer before the end of the request tells the client to stop sending (RFC 9113 section 8.1). */
    private void responseEnded(ChannelFuture sent) {
        state.loop.wheel().cancel(timer);
        int id = id();
        sent.addListener(done -> {
            if (done.isSuccess()) {
                guard.served(id);
            }
        });
        if (!requestEnded) {
            sent.addListener(done -> {
                if (!requestEnded && context().channel().isActive()) {
                    reset(Http2Error.NO_ERROR);
                }
            });
        }
    }

    private int id() {
        return ((Http2StreamChannel) context().channel()).stream().id();
    }

    private void reset(Http2Error error) {
        context().writeAndFlush(new DefaultHttp2ResetFrame(error));
        discard();
    }

    @Override
    public void abort() {
        state.loop.wheel().cancel(timer);
        reset(Http2Error.INTERNAL_ERROR);
    }

    @Override
    public boolean writable() {
        if (!room) {
            connection.waiting().add(this);
            return false;
        }
        return context().channel().isWritable();
    }

    @Override
    public @Nullable UpgradedConnection upgrade(String protocol, HttpHeaders fields) {
        return null;
    }

    @Override
    public String version() {
        return "HTTP/2";
    }

    @Override
    public InetSocketAddress peer() {
        return Objects.requireNonNull(ClientAddress.of(context().channel().parent()));
    }

    @Override
    public boolean secure() {
        return context().channel().parent().pipeline().get(SslHandler.class) != null;
    }
}
