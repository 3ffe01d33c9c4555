package io.sluice.hub.transport;

import io.netty.buffer.Unpooled;
import io.sluice.auth.Identity;
import io.sluice.http.HttpExchange;
import io.sluice.hub.Cursor;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Gap;
import io.sluice.hub.Inbox;
import io.sluice.hub.Outcome;
import io.sluice.hub.Page;
import io.sluice.hub.Position;
import io.sluice.hub.Session;
import io.sluice.hub.Subscription;
import io.sluice.hub.Waiting;
import io.sluice.hub.Wire;
import io.sluice.hub.wire.JsonWire;
import io.sluice.net.TimerWheel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One read that found nothing and waits once: until any of its channels has something newer, its time is over, the server
 * drains or the client goes. Confined to its loop. It is a session while it waits, so that operators see it and a drain
 * answers it.
 */
final class LongPoll implements Inbox {
    private final Transports.Context context;
    private final HttpExchange exchange;
    private final Identity identity;
    private final List<Page> pages;
    private final long deadlineNanos;
    private final TimerWheel.Entry timeout = new TimerWheel.Entry(now -> empty());
    private final List<Waiting> waits = new ArrayList<>();
    private @Nullable Session session;
    private boolean done;

    LongPoll(Transports.Context context, HttpExchange exchange, Identity identity, Duration wait, List<Page> pages) {
        this.context = context;
        this.exchange = exchange;
        this.identity = identity;
        this.pages = pages;
        this.deadlineNanos = context.hub().clock().nanos() + wait.toNanos();
    }

    /** Waits; {@code newer} gets the positions to read after when there is something. */
    void await(Consumer<List<Position>> newer) {
        var full = identity.share().place();
        if (full != null) {
            done = true;
            exchange.refuse(full);
            return;
        }
        session = context.hub().connect(exchange.loop(), this, identity, false);
        exchange.onClose(this::finish);
        exchange.loop().wheel().schedule(timeout, deadlineNanos);
        for (var page : pages) {
            context.hub()
                    .await(
                            identity,
                            page.channel(),
                            page.position(),
                            exchange.loop(),
                            () -> {
                                if (finish()) {
                                    newer.accept(positions());
                                }
                            },
                            this::began);
        }
    }

    static void answerEmpty(HttpExchange exchange, String cursor) {
        exchange.responseHeaders().set("sluice-position", cursor);
        exchange.respond(204, Unpooled.EMPTY_BUFFER);
    }

    private void began(Outcome<Waiting> outcome) {
        switch (outcome) {
            case Outcome.Done<Waiting>(var waiting) -> {
                if (done) {
                    waiting.cancel();
                } else {
                    waits.add(waiting);
                }
            }
            case Outcome.Refused<Waiting>(var problem) -> {
                if (finish()) {
                    exchange.refuse(problem);
                }
            }
        }
    }

    private void empty() {
        if (finish()) {
            answerEmpty(exchange, Cursor.print(positions()));
        }
    }

    private List<Position> positions() {
        return pages.stream().map(Page::position).toList();
    }

    /** Frees everything; true the first time. */
    private boolean finish() {
        if (done) {
            return false;
        }
        done = true;
        exchange.loop().wheel().cancel(timeout);
        waits.forEach(Waiting::cancel);
        if (session != null) {
            session.close();
        }
        return true;
    }

    @Override
    public String transport() {
        return "longpoll";
    }

    @Override
    public Wire wire() {
        return JsonWire.INSTANCE;
    }

    @Override
    public boolean writable() {
        return false;
    }

    @Override
    public void deliver(Subscription subscription, io.netty.buffer.ByteBuf encoded, long first, long last) {
        throw new IllegalStateException("a poll has no subscriptions");
    }

    @Override
    public void gap(Subscription subscription, Gap gap) {
        throw new IllegalStateException("a poll has no subscriptions");
    }

    @Override
    public void notice(io.netty.buffer.ByteBuf encoded) {
        // A poll reads publications only.
    }

    @Override
    public void drain(Duration wait) {
        empty();
    }

    @Override
    public void disconnect(Disconnect why) {
        empty();
    }
}
