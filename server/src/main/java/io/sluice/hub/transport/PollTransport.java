package io.sluice.hub.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.hub.Callers;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Outcome;
import io.sluice.hub.Page;
import io.sluice.hub.Position;
import io.sluice.hub.ReadRequest;
import io.sluice.hub.Start;
import io.sluice.hub.wire.JsonReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reading over plain HTTP: history and short polls answer at once; with {@code Prefer: wait=} (RFC 7240 section 4.3) or {@code
 * ?wait=} the same read is a long poll, which waits once when it found nothing.
 */
final class PollTransport implements Transport {
    static final int MAX_WAIT_SECONDS = 60;

    private static final Pattern PREFER_WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,9})");

    private final Transports.Context context;
    private final AtomicInteger reads = new AtomicInteger();

    PollTransport(Transports.Context context) {
        this.context = context;
    }

    @Override
    public String name() {
        return "poll";
    }

    @Override
    public void addTo(HttpRoutes routes) {
        var json = routes.producing("application/json");
        json.add("GET", "/v1/channels/{channel}/messages", exchange -> {
            var channel = Callers.channel(exchange);
            if (channel != null) {
                read(exchange, List.of(channel));
            }
        });
        json.add("GET", "/v1/messages", exchange -> {
            var channels = Callers.channels(exchange);
            if (channels != null) {
                read(exchange, channels);
            }
        });
    }

    private void read(HttpExchange exchange, List<ChannelName> channels) {
        int limit = limit(exchange);
        int wait = wait(exchange);
        if (limit == 0 || wait < 0) {
            return;
        }
        var before = before(exchange, channels);
        if (before == null) {
            return;
        }
        var after = exchange.query().first("after");
        if (after == null && wait > 0) {
            after = "latest";
        }
        List<Start> starts = null;
        if (after != null) {
            switch (Cursor.parse(after, channels)) {
                case Outcome.Refused<List<Start>>(var problem) -> {
                    exchange.refuse(problem);
                    return;
                }
                case Outcome.Done<List<Start>>(var parsed) -> starts = parsed;
            }
        }
        var request = new Request(channels, starts, before.position, limit, Duration.ofSeconds(wait));
        context.callers().identify(exchange, identity -> read(exchange, identity, request));
    }

    private void read(HttpExchange exchange, Identity identity, Request request) {
        readAll(identity, request, exchange, outcome -> {
            switch (outcome) {
                case Outcome.Refused<List<Page>>(var problem) -> exchange.refuse(problem);
                case Outcome.Done<List<Page>>(var pages) -> {
                    boolean nothing =
                            pages.stream().allMatch(page -> page.publications().isEmpty() && page.gap() == null);
                    if (nothing
                            && request.patience.isPositive()
                            && !context.draining().getAsBoolean()) {
                        new LongPoll(context, exchange, identity, request.patience, pages)
                                .await(cursor -> read(exchange, identity, request.after(cursor)));
                    } else if (nothing && request.patience.isPositive()) {
                        LongPoll.answerEmpty(exchange, cursor(pages));
                    } else {
                        answer(exchange, pages);
                    }
                }
            }
        });
    }

    private void answer(HttpExchange exchange, List<Page> pages) {
        var cursor = cursor(pages);
        var etag = '"' + cursor + '"';
        exchange.responseHeaders().set(HttpHeaderNames.ETAG, etag).set("sluice-position", cursor);
        if (etag.equals(exchange.headers().get(HttpHeaderNames.IF_NONE_MATCH))) {
            exchange.respond(304, io.netty.buffer.Unpooled.EMPTY_BUFFER);
            return;
        }
        JsonReply.send(exchange, 200, JsonReply.document(pages, cursor, context.allocator()));
    }

    private void readAll(
            Identity identity, Request request, HttpExchange exchange, Consumer<Outcome<List<Page>>> result) {
        if (request.starts != null) {
            new SharedRead(
                            context.hub(),
                            identity,
                            request.channels,
                            request.starts,
                            request.limit,
                            Math.floorMod(reads.getAndIncrement(), request.channels.size()),
                            exchange.loop(),
                            result)
                    .begin();
        } else {
            readNewest(identity, request, exchange, new ArrayList<>(), result);
        }
    }

    /** Reads the newest of each channel, or those before a position, one channel after the other. */
    private void readNewest(
            Identity identity,
            Request request,
            HttpExchange exchange,
            List<Page> pages,
            Consumer<Outcome<List<Page>>> result) {
        int at = pages.size();
        if (at == request.channels.size()) {
            result.accept(new Outcome.Done<>(pages));
            return;
        }
        int share = Math.max(1, request.limit / request.channels.size());
        int taken = pages.stream().mapToInt(Page::bytes).sum();
        var one = new ReadRequest(null, request.before, share, Math.max(1, ReadRequest.MAX_BYTES - taken));
        context.hub().read(identity, request.channels.get(at), one, exchange.loop(), outcome -> {
            switch (outcome) {
                case Outcome.Refused<Page>(var problem) -> result.accept(new Outcome.Refused<>(problem));
                case Outcome.Done<Page>(var page) -> {
                    pages.add(page);
                    readNewest(identity, request, exchange, pages, result);
                }
            }
        });
    }

    static String cursor(List<Page> pages) {
        return Cursor.print(pages.stream().map(Page::position).toList());
    }

    /** 0 after having refused. */
    private static int limit(HttpExchange exchange) {
        var text = exchange.query().first("limit");
        if (text == null) {
            return ReadRequest.DEFAULT_LIMIT;
        }
        int limit = number(text);
        if (limit < 1) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "limit must be an integer of at least 1")
                    .with("field", "limit")
                    .with("limit", ReadRequest.MAX_LIMIT));
            return 0;
        }
        return Math.min(limit, ReadRequest.MAX_LIMIT);
    }

    /** In seconds; -1 after having refused. */
    private static int wait(HttpExchange exchange) {
        var text = exchange.query().first("wait");
        if (text == null) {
            for (var prefer : exchange.headers().getAll("prefer")) {
                var wait = PREFER_WAIT.matcher(prefer);
                if (wait.find()) {
                    int seconds = Math.min(MAX_WAIT_SECONDS, Integer.parseInt(wait.group(1)));
                    exchange.responseHeaders().set("preference-applied", "wait=" + seconds);
                    return seconds;
                }
            }
            return 0;
        }
        int seconds = number(text);
        if (seconds < 0) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "wait must be a number of seconds")
                    .with("field", "wait")
                    .with("limit", MAX_WAIT_SECONDS));
        }
        return Math.min(MAX_WAIT_SECONDS, seconds);
    }

    private static int number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(text) : -1;
    }

    private static @Nullable Before before(HttpExchange exchange, List<ChannelName> channels) {
        var text = exchange.query().first("before");
        if (text == null) {
            return new Before(null);
        }
        var position = Position.parse(text);
        if (position == null) {
            exchange.refuse(Problem.of(ClientError.BAD_CURSOR, "before must be a position"));
            return null;
        }
        if (channels.size() > 1 || exchange.query().first("after") != null) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "before goes with one channel, and not with after"));
            return null;
        }
        return new Before(position);
    }

    private record Before(@Nullable Position position) {}

    /** @param starts one per channel, or null for the newest publications */
    private record Request(
            List<ChannelName> channels,
            @Nullable List<Start> starts,
            @Nullable Position before,
            int limit,
            Duration patience) {

        /** The same read from where an earlier one ended, and this time without waiting again. */
        Request after(List<Position> positions) {
            var next = new ArrayList<Start>();
            positions.forEach(position -> next.add(new Start.After(position)));
            return new Request(channels, Collections.unmodifiableList(next), null, limit, Duration.ZERO);
        }
    }
}
