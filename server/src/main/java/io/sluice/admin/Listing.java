package io.sluice.admin;

import static io.sluice.http.JsonText.string;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import io.sluice.hub.wire.JsonReply;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One kind of things as pages of JSON: those after {@code ?after=} by their keys, at most {@code ?limit=} (100, cap 1,000), of those
 * whose text contains {@code ?contains=}. A page also counts them, and says what to ask after for more.
 *
 * @param name the member that holds them
 * @param key what they are sorted by; unique
 * @param text what {@code contains} looks at
 */
record Listing<T>(
        String name,
        Function<T, String> key,
        Function<T, String> text,
        Function<T, String> json,
        ByteBufAllocator allocator) {
    static final int PAGE = 100;
    static final int MAX_PAGE = 1_000;

    /** Answers from a thread of its own: there may be a hundred thousand of them. {@code all} is asked there. */
    void answer(HttpExchange exchange, Supplier<Collection<T>> all) {
        int limit = limit(exchange, PAGE);
        if (limit == 0) {
            return;
        }
        var after = exchange.query().first("after");
        var contained = exchange.query().first("contains");
        Thread.ofVirtual().name("sluice-listing").start(() -> {
            var page = page(all.get(), after, contained, limit);
            exchange.loop().execute(() -> {
                var out = allocator.directBuffer();
                out.writeCharSequence(page, StandardCharsets.UTF_8);
                JsonReply.send(exchange, 200, out);
            });
        });
    }

    private String page(Collection<T> all, @Nullable String after, @Nullable String contained, int limit) {
        var found = all.stream()
                .filter(item -> contained == null || text.apply(item).contains(contained))
                .sorted(Comparator.comparing(key))
                .toList();
        var shown = found.stream()
                .filter(item -> after == null || key.apply(item).compareTo(after) > 0)
                .limit(limit + 1L)
                .toList();
        boolean more = shown.size() > limit;
        var items = (more ? shown.subList(0, limit) : shown).stream().map(json).collect(Collectors.joining(","));
        return "{\"" + name + "\":[" + items + "],\"count\":" + found.size()
                + (more ? ",\"next\":" + quoted(key.apply(shown.get(limit - 1))) : "") + "}";
    }

    /** What {@code ?limit=} asks for, at most {@link #MAX_PAGE}; 0 after having refused. */
    static int limit(HttpExchange exchange, int otherwise) {
        var text = exchange.query().first("limit");
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,6}")) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "limit must be a number")
                    .with("field", "limit")
                    .with("limit", MAX_PAGE));
            return 0;
        }
        return Math.clamp(Integer.parseInt(text), 1, MAX_PAGE);
    }

    /** A JSON string, or {@code null}. */
    static String quoted(@Nullable String value) {
        if (value == null) {
            return "null";
        }
        var out = Unpooled.buffer(value.length() + 2);
        string(out, value);
        return out.toString(StandardCharsets.UTF_8);
    }
}
