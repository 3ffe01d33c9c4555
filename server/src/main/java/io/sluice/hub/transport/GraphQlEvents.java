package io.sluice.hub.transport;

import static io.sluice.http.JsonText.raw;

import graphql.GraphQLError;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.Identity;
import io.sluice.graphql.GraphQlJson;
import io.sluice.graphql.GraphQlResult;
import io.sluice.http.HttpExchange;
import io.sluice.http.ResponseStream;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Session;
import io.sluice.hub.wire.GraphQlWire;
import io.sluice.net.TimerWheel;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One operation answered by server-sent events: the distinct connections mode of the GraphQL over SSE protocol. Each result
 * is an event {@code next}; {@code complete} says that nothing follows, and a stream that ends without it is to be opened
 * again. Confined to its loop.
 */
final class GraphQlEvents implements GraphQlResponder {
    private static final long HEARTBEAT_NANOS = Duration.ofSeconds(15).toNanos();
    private static final int FRAME = 24;

    private final Transports.Context context;
    private final HttpExchange exchange;
    private final TimerWheel.Entry heartbeat = new TimerWheel.Entry(this::beat);
    private final ResponseStream stream;
    private @Nullable Session session;

    /** Begins to answer. */
    GraphQlEvents(Transports.Context context, HttpExchange exchange) {
        this.context = context;
        this.exchange = exchange;
        var headers = exchange.responseHeaders();
        headers.set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        headers.set("x-accel-buffering", "no");
        // A stream of events ends with its connection: without chunks nothing is around the shared bytes.
        headers.set(HttpHeaderNames.CONNECTION, "close");
        stream = exchange.stream(200);
        exchange.forgetRequest();
    }

    /** Lets a subscription's results follow. */
    void feed(GraphQlFeed feed, GraphQlWire wire, Identity identity) {
        var reader = new GraphQlReader(context.hub(), feed, wire, this);
        var opened = context.hub().connect(exchange.loop(), reader, identity, false);
        session = opened;
        exchange.onClose(() -> {
            exchange.loop().wheel().cancel(heartbeat);
            opened.close();
        });
        stream.onWritable(opened::resume);
        exchange.loop().wheel().schedule(heartbeat, exchange.loop().clock().nanos() + HEARTBEAT_NANOS);
        reader.begin(opened);
    }

    @Override
    public boolean writable() {
        return stream.writable();
    }

    @Override
    public void next(ByteBuf units, byte[] ending) {
        int end = units.writerIndex();
        var out = context.allocator().directBuffer(units.readableBytes() + FRAME + ending.length);
        for (int at = units.readerIndex(); at < end; ) {
            int length = units.getInt(at);
            raw(out, "event: next\ndata: ");
            out.writeBytes(units, at + GraphQlWire.HEAD, length);
            out.writeBytes(ending);
            raw(out, "\n\n");
            at += GraphQlWire.HEAD + length;
        }
        write(out);
    }

    @Override
    public void next(byte[] open, byte[] ending) {
        event(out -> out.writeBytes(open).writeBytes(ending));
    }

    @Override
    public void next(byte[] result) {
        event(out -> out.writeBytes(result));
    }

    @Override
    public void error(List<? extends GraphQLError> errors) {
        next(GraphQlJson.result(GraphQlResult.failed(errors)));
        complete();
    }

    @Override
    public void complete() {
        var out = context.allocator().directBuffer(FRAME);
        raw(out, "event: complete\ndata:\n\n");
        write(out);
        stream.close();
    }

    @Override
    public void drain(Duration wait) {
        var out = context.allocator().directBuffer(FRAME);
        raw(out, "retry: " + Math.max(1, wait.toMillis()) + "\n\n");
        write(out);
        disconnect(Disconnect.DRAINING);
    }

    @Override
    public void disconnect(Disconnect why) {
        if (session != null && !session.isClosed()) {
            context.hub().refusals().disconnected(session, why);
        }
        stream.close();
    }

    private void event(Consumer<ByteBuf> data) {
        var out = context.allocator().directBuffer();
        raw(out, "event: next\ndata: ");
        data.accept(out);
        raw(out, "\n\n");
        write(out);
    }

    private void write(ByteBuf bytes) {
        stream.write(bytes);
        bytes.release();
    }

    private void beat(long nowNanos) {
        var open = session;
        if (open == null || open.isClosed()) {
            return;
        }
        if (open.identity().isExpiredAt(exchange.loop().clock().now())) {
            disconnect(Disconnect.UNAUTHENTICATED);
            return;
        }
        if (writable()) {
            var out = context.allocator().directBuffer(3);
            raw(out, ":\n\n");
            write(out);
        }
        exchange.loop().wheel().schedule(heartbeat, nowNanos + HEARTBEAT_NANOS);
    }
}
