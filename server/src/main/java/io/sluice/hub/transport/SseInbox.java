package io.sluice.hub.transport;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.http.HttpExchange;
import io.sluice.http.ResponseStream;
import io.sluice.hub.ChannelName;
import io.sluice.hub.CommandRefusals;
import io.sluice.hub.Cursor;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Gap;
import io.sluice.hub.Inbox;
import io.sluice.hub.Position;
import io.sluice.hub.Session;
import io.sluice.hub.Subscription;
import io.sluice.hub.Wire;
import io.sluice.hub.wire.SseWire;
import io.sluice.net.Outlet;
import io.sluice.net.TimerWheel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The receiving end of one event stream. Confined to its loop. */
final class SseInbox implements Inbox {
    private static final long HEARTBEAT_NANOS = Duration.ofSeconds(15).toNanos();
    private static final int RETRY_MILLIS = 2_000;

    private final HttpExchange exchange;
    private final List<ChannelName> channels;
    private final ByteBufAllocator allocator;
    private final CommandRefusals refusals;
    private final TimerWheel.Entry heartbeat = new TimerWheel.Entry(this::beat);
    private @Nullable Session session;
    private @Nullable ResponseStream stream;

    SseInbox(HttpExchange exchange, List<ChannelName> channels, ByteBufAllocator allocator, CommandRefusals refusals) {
        this.refusals = refusals;
        this.exchange = exchange;
        this.channels = channels;
        this.allocator = allocator;
    }

    void attach(Session opened) {
        session = opened;
    }

    /** Begins to send: first when to come back and, without an event, where the reader stands. */
    void start(ResponseStream begun) {
        stream = begun;
        begun.onWritable(this::resume);
        exchange.loop().wheel().schedule(heartbeat, exchange.loop().clock().nanos() + HEARTBEAT_NANOS);
        write("retry: " + RETRY_MILLIS + "\nid: " + cursor() + "\n\n");
        resume();
    }

    void closed() {
        exchange.loop().wheel().cancel(heartbeat);
        if (session != null) {
            session.close();
        }
    }

    @Override
    public String transport() {
        return "sse";
    }

    @Override
    public Wire wire() {
        return channels.size() == 1 ? SseWire.ONE_CHANNEL : SseWire.SEVERAL_CHANNELS;
    }

    @Override
    public boolean onePublicationAtATime() {
        return channels.size() > 1;
    }

    @Override
    public boolean writable() {
        return stream != null && stream.writable();
    }

    @Override
    public void deliver(Subscription subscription, ByteBuf encoded, long first, long last) {
        if (stream == null) {
            return;
        }
        if (channels.size() == 1) {
            stream.write(encoded);
            return;
        }
        var own = "id: " + cursor() + "\n\n";
        var event = allocator.directBuffer(encoded.readableBytes() + own.length());
        event.writeBytes(encoded, encoded.readerIndex(), encoded.readableBytes());
        raw(event, own);
        stream.write(event);
        event.release();
    }

    @Override
    public @Nullable Outlet outlet() {
        return channels.size() == 1 ? stream : null;
    }

    @Override
    public void gap(Subscription subscription, Gap gap) {
        write("id: " + cursor() + "\nevent: gap\ndata: {\"channel\":\"" + gap.channel() + "\",\"from\":\"" + gap.from()
                + "\",\"to\":\"" + gap.to() + "\"}\n\n");
    }

    @Override
    public void notice(ByteBuf encoded) {
        if (writable() && stream != null) {
            stream.write(encoded);
        }
    }

    @Override
    public void drain(Duration wait) {
        write("retry: " + Math.max(1, wait.toMillis()) + "\n\n");
        disconnect(Disconnect.DRAINING);
    }

    @Override
    public void disconnect(Disconnect why) {
        if (stream != null) {
            if (session != null && !session.isClosed()) {
                refusals.disconnected(session, why);
            }
            stream.close();
        }
    }

    private void resume() {
        if (session != null && !session.isClosed()) {
            session.resume();
        }
    }

    private void beat(long nowNanos) {
        if (session == null || session.isClosed()) {
            return;
        }
        if (session.identity().isExpiredAt(exchange.loop().clock().now())) {
            disconnect(Disconnect.UNAUTHENTICATED);
            return;
        }
        if (writable()) {
            write(":\n\n");
        }
        exchange.loop().wheel().schedule(heartbeat, nowNanos + HEARTBEAT_NANOS);
    }

    /** Where this reader stands in all its channels. */
    private String cursor() {
        var positions = new ArrayList<Position>(channels.size());
        if (session != null) {
            for (var channel : channels) {
                var subscription = session.subscription(channel);
                if (subscription != null) {
                    positions.add(subscription.position());
                }
            }
        }
        return Cursor.print(positions);
    }

    private void write(String text) {
        if (stream != null) {
            var bytes = allocator.directBuffer(text.length());
            bytes.writeCharSequence(text, StandardCharsets.UTF_8);
            stream.write(bytes);
            bytes.release();
        }
    }
}
