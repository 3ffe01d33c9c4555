package io.sluice.hub.api;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import io.netty.buffer.ByteBuf;
import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Drafts;
import io.sluice.hub.Json;
import io.sluice.hub.Outcome;
import io.sluice.hub.wire.JsonReply;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Publishing many messages with one request: each stands for itself, in order. */
final class BatchRoute {
    static final int MAX_ITEMS = 1_000;
    private static final int MAX_BODY = 16 << 20;

    private final ApiRoutes.Context context;

    private BatchRoute(ApiRoutes.Context context) {
        this.context = context;
    }

    static void addTo(HttpRoutes routes, ApiRoutes.Context context) {
        var route = new BatchRoute(context);
        routes.add(
                "POST",
                "/v1/messages",
                exchange -> context.callers()
                        .identify(
                                exchange,
                                identity -> exchange.collectBody(
                                        MAX_BODY,
                                        body -> route.publish(exchange, identity, PublishRoute.bytes(body)))));
    }

    private void publish(HttpExchange exchange, Identity identity, byte[] body) {
        switch (Json.array(body, MAX_ITEMS)) {
            case Outcome.Refused<List<byte[]>>(var problem) -> exchange.refuse(problem);
            case Outcome.Done<List<byte[]>>(var items) -> {
                if (items.isEmpty()) {
                    answer(exchange, new AtomicReferenceArray<>(0));
                } else {
                    publish(exchange, identity, items);
                }
            }
        }
    }

    private void publish(HttpExchange exchange, Identity identity, List<byte[]> items) {
        var results = new AtomicReferenceArray<Appended>(items.size());
        var missing = new AtomicInteger(items.size());
        for (int i = 0; i < items.size(); i++) {
            int at = i;
            publish(identity, items.get(i), appended -> {
                results.set(at, appended);
                if (missing.decrementAndGet() == 0) {
                    exchange.loop().execute(() -> answer(exchange, results));
                }
            });
        }
    }

    private void publish(Identity identity, byte[] item, Consumer<Appended> result) {
        try {
            switch (Json.object(item)) {
                case Outcome.Refused<Json>(var problem) -> result.accept(new Appended.Refused(problem));
                case Outcome.Done<Json>(var json) -> {
                    var channel = ChannelName.parse(json.requiredText("channel"));
                    if (channel == null) {
                        result.accept(new Appended.Refused(
                                Problem.of(ClientError.BAD_CHANNEL, "the channel name " + ChannelName.RULE)
                                        .with("field", "channel")));
                        return;
                    }
                    switch (Drafts.read(json, identity)) {
                        case Outcome.Refused<Draft>(var problem) -> result.accept(new Appended.Refused(problem));
                        case Outcome.Done<Draft>(var draft) -> context.hub().publish(identity, channel, draft, result);
                    }
                }
            }
        } catch (Json.WrongMember wrong) {
            result.accept(new Appended.Refused(wrong.problem()));
        }
    }

    private void answer(HttpExchange exchange, AtomicReferenceArray<Appended> results) {
        var out = context.allocator().directBuffer();
        out.writeByte('[');
        for (int i = 0; i < results.length(); i++) {
            if (i > 0) {
                out.writeByte(',');
            }
            write(out, results.get(i));
        }
        out.writeByte(']');
        JsonReply.send(exchange, 200, out);
    }

    private static void write(ByteBuf out, @Nullable Appended result) {
        switch (result) {
            case Appended.Stored(var position, var time) ->
                raw(out, "{\"status\":201,\"position\":\"" + position + "\"}");
            case Appended.Replayed(var position, var time) ->
                raw(out, "{\"status\":201,\"position\":\"" + position + "\",\"replayed\":true}");
            case Appended.Refused(var problem) -> {
                var error = problem.error();
                raw(
                        out,
                        "{\"status\":" + error.status() + ",\"problem\":{\"type\":\"urn:sluice:problem:" + error.code()
                                + "\",\"title\":");
                string(out, error.title());
                raw(out, ",\"status\":" + error.status() + ",\"detail\":");
                string(out, problem.detail());
                raw(out, "}}");
            }
            case null -> throw new IllegalStateException("an item was not answered");
        }
    }
}
