package io.sluice.admin;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.JsonText;
import io.sluice.http.Problem;
import io.sluice.hub.Hub;
import io.sluice.hub.HubChannel;
import io.sluice.hub.Session;
import io.sluice.hub.wire.JsonReply;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Health, sessions, channels and drain, for operators on the loopback-only admin listener. */
public final class StatusRoutes {
    private static final int PAGE = 100;
    private static final int MAX_PAGE = 1_000;

    private final Hub hub;
    private final ByteBufAllocator allocator;
    private final BooleanSupplier draining;
    private final Runnable drain;

    /**
     * @param draining true once the server is going away
     * @param drain begins to drain; may be called again, returns at once
     */
    public StatusRoutes(Hub hub, ByteBufAllocator allocator, BooleanSupplier draining, Runnable drain) {
        this.hub = hub;
        this.allocator = allocator;
        this.draining = draining;
        this.drain = drain;
    }

    public void addTo(HttpRoutes routes) {
        routes.add("GET", "/livez", exchange -> text(exchange, 200, "live\n"));
        routes.add("GET", "/readyz", this::ready);
        routes.add("GET", "/v1/admin/sessions", this::sessions);
        routes.add("GET", "/v1/admin/channels", this::channels);
        routes.add("POST", "/v1/admin/drain", exchange -> {
            drain.run();
            Audit.line(exchange, "drain", "sessions=" + hub.sessions().count());
            text(exchange, 202, "draining\n");
        });
    }

    private void ready(HttpExchange exchange) {
        var ailment = hub.ailment();
        if (draining.getAsBoolean()) {
            exchange.refuse(Problem.of(ClientError.DRAINING, "draining"));
        } else if (ailment != null) {
            exchange.refuse(Problem.of(ClientError.STORAGE_UNAVAILABLE, ailment));
        } else {
            text(exchange, 200, "ready\n");
        }
    }

    private void sessions(HttpExchange exchange) {
        var sessions = hub.sessions().all().stream()
                .sorted(Comparator.comparing(Session::id))
                .toList();
        page(exchange, "sessions", sessions, Session::id, session -> {
            var user = session.identity().user();
            return "{\"id\":" + quoted(session.id()) + ",\"transport\":"
                    + quoted(session.inbox().transport())
                    + (user == null ? "" : ",\"user\":" + quoted(user)) + ",\"since\":"
                    + quoted(JsonText.time(session.opened())) + ",\"subscriptions\":" + session.subscriptionCount()
                    + "}";
        });
    }

    private void channels(HttpExchange exchange) {
        var channels = hub.openChannels().stream()
                .sorted(Comparator.comparing(HubChannel::name))
                .toList();
        page(exchange, "channels", channels, channel -> channel.name().value(), channel -> {
            var summary = Hub.summary(channel);
            return "{\"channel\":" + quoted(summary.channel().value()) + ",\"subscribers\":" + summary.subscribers()
                    + ",\"newest\":" + quoted(summary.newest().toString()) + ",\"oldest\":"
                    + quoted(summary.oldest().toString()) + ",\"messages\":" + summary.messages() + "}";
        });
    }

    /** Answers with those after {@code ?after=}, at most {@code ?limit=}, and {@code next} when there are more. */
    private <T> void page(
            HttpExchange exchange, String name, List<T> all, Function<T, String> key, Function<T, String> json) {
        var after = exchange.query().first("after");
        var limitText = exchange.query().first("limit");
        boolean digits = limitText != null && limitText.matches("[0-9]{1,6}");
        if (limitText != null && !digits) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "limit must be a number")
                    .with("field", "limit")
                    .with("limit", MAX_PAGE));
            return;
        }
        int limit = limitText == null ? PAGE : Math.clamp(Integer.parseInt(limitText), 1, MAX_PAGE);
        var shown = all.stream()
                .filter(item -> after == null || key.apply(item).compareTo(after) > 0)
                .limit(limit + 1L)
                .toList();
        var out = allocator.directBuffer();
        raw(out, "{\"" + name + "\":[");
        for (int i = 0; i < Math.min(limit, shown.size()); i++) {
            out.writeCharSequence((i == 0 ? "" : ",") + json.apply(shown.get(i)), StandardCharsets.UTF_8);
        }
        raw(out, "],\"count\":" + all.size());
        if (shown.size() > limit) {
            raw(out, ",\"next\":");
            string(out, key.apply(shown.get(limit - 1)));
        }
        out.writeByte('}');
        JsonReply.send(exchange, 200, out);
    }

    private void text(HttpExchange exchange, int status, String text) {
        exchange.responseHeaders().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.responseHeaders().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        var body = allocator.directBuffer(text.length());
        body.writeCharSequence(text, StandardCharsets.US_ASCII);
        exchange.respond(status, body);
    }

    private String quoted(String value) {
        var out = allocator.heapBuffer(value.length() + 2);
        try {
            string(out, value);
            return out.toString(StandardCharsets.UTF_8);
        } finally {
            out.release();
        }
    }
}
