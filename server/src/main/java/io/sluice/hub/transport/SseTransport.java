package io.sluice.hub.transport;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.hub.Callers;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Hub;
import io.sluice.hub.Outcome;
import io.sluice.hub.Session;
import io.sluice.hub.Start;
import java.util.List;

/** Server-sent events (WHATWG HTML section 9.2) over one or several channels: {@code GET /v1/events}. */
final class SseTransport implements Transport {
    private final Transports.Context context;

    SseTransport(Transports.Context context) {
        this.context = context;
    }

    @Override
    public String name() {
        return "sse";
    }

    @Override
    public void addTo(HttpRoutes routes) {
        routes.add("GET", "/v1/events", this::open);
    }

    private void open(HttpExchange exchange) {
        if (!acceptsEvents(exchange)) {
            exchange.refuse(Problem.of(ClientError.NOT_ACCEPTABLE, "this resource is text/event-stream"));
            return;
        }
        if (context.refusesNew(exchange)) {
            return;
        }
        var channels = Callers.channels(exchange);
        if (channels == null) {
            return;
        }
        var cursor = exchange.headers().get("last-event-id");
        if (cursor == null || cursor.isEmpty()) {
            cursor = exchange.query().first("after");
        }
        switch (Cursor.parse(cursor == null ? "latest" : cursor, channels)) {
            case Outcome.Refused<List<Start>>(var problem) -> exchange.refuse(problem);
            case Outcome.Done<List<Start>>(var starts) ->
                context.callers().open(exchange, identity -> subscribe(exchange, identity, channels, starts));
        }
    }

    private void subscribe(HttpExchange exchange, Identity identity, List<ChannelName> channels, List<Start> starts) {
        var inbox = new SseInbox(
                exchange, channels, context.allocator(), context.hub().refusals());
        var session = context.hub().connect(exchange.loop(), inbox, identity, true);
        inbox.attach(session);
        exchange.onClose(inbox::closed);
        subscribeNext(exchange, session, inbox, channels, starts, 0);
    }

    /** Subscribes to one channel after the other; nothing is sent until all are. */
    private void subscribeNext(
            HttpExchange exchange,
            Session session,
            SseInbox inbox,
            List<ChannelName> channels,
            List<Start> starts,
            int at) {
        if (session.isClosed()) {
            return;
        }
        if (at == channels.size()) {
            begin(exchange, session, inbox);
            return;
        }
        context.hub().subscribe(session, channels.get(at), starts.get(at), outcome -> {
            switch (outcome) {
                case Outcome.Refused<Hub.Subscribed>(var problem) -> {
                    session.close();
                    exchange.refuse(problem);
                }
                case Outcome.Done<Hub.Subscribed> begun ->
                    subscribeNext(exchange, session, inbox, channels, starts, at + 1);
            }
        });
    }

    private static void begin(HttpExchange exchange, Session session, SseInbox inbox) {
        var headers = exchange.responseHeaders();
        headers.set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        headers.set("x-accel-buffering", "no");
        if (exchange.method().equals("HEAD")) {
            session.close();
            exchange.respond(200, Unpooled.EMPTY_BUFFER);
            return;
        }
        // A stream of events ends with its connection: without chunks the bytes are the same for every reader.
        headers.set(HttpHeaderNames.CONNECTION, "close");
        var stream = exchange.stream(200);
        exchange.forgetRequest();
        inbox.start(stream);
    }

    private static boolean acceptsEvents(HttpExchange exchange) {
        var accepts = exchange.headers().getAll(HttpHeaderNames.ACCEPT);
        if (accepts.isEmpty()) {
            return true;
        }
        for (var accept : accepts) {
            if (accept.contains("text/event-stream") || accept.contains("*/*") || accept.contains("text/*")) {
                return true;
            }
        }
        return false;
    }
}
