package io.sluice.client;

import io.sluice.client.EventStreamParser.Block;
import io.sluice.client.LinkBroken.Blame;
import io.sluice.client.LinkInbox.Item;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Receives over server-sent events. One stream carries all channels and says their cursors only together; so a channel without
 * a position first has a short stream of its own, which says where it begins, or that it is refused.
 */
final class EventStreamLink implements Link {
    /** The server sends a comment every 15 s. */
    private static final Duration SILENCE = Duration.ofSeconds(45);

    private final LinkContext context;
    private Optional<Duration> comeBack = Optional.empty();

    EventStreamLink(LinkContext context) {
        this.context = context;
    }

    @Override
    public void run() throws LinkBroken, InterruptedException {
        while (!context.shouldLeave()) {
            long version = context.subscriptions().version();
            var wanted = context.subscriptions().all();
            if (wanted.size() > 1) {
                for (var each : wanted) {
                    if (!each.isPlaced()) {
                        begin(each);
                    }
                }
                wanted = wanted.stream().filter(each -> !each.isEnded()).toList();
            }
            if (!wanted.isEmpty()) {
                follow(wanted, version);
            }
        }
    }

    /** Finds where one channel begins; ends its subscription where it is refused. */
    private void begin(Subscription subscription) throws LinkBroken, InterruptedException {
        var stream = open(List.of(subscription));
        if (stream != null) {
            try {
                new Reading(List.of(subscription), stream).untilPlaced();
            } finally {
                stream.close();
            }
        }
    }

    /** Hands over events until subscriptions change. */
    private void follow(List<Subscription> wanted, long version) throws LinkBroken, InterruptedException {
        var stream = open(wanted);
        if (stream == null) {
            return;
        }
        try {
            context.live().run();
            new Reading(wanted, stream).whileSame(version);
        } finally {
            stream.close();
        }
    }

    /** Null where subscriptions were refused for good and have been ended. */
    private @Nullable ResponseStream open(List<Subscription> wanted) throws LinkBroken, InterruptedException {
        var endpoint = context.endpoint();
        var request = endpoint.request("/v1/events?" + ReadQuery.of(wanted))
                .request()
                .header("Accept", "text/event-stream")
                .build();
        var stream = new ResponseStream(context.inbox());
        BodyHandler<Object> handler = head -> head.statusCode() == 200
                ? BodySubscribers.mapping(stream, same -> same)
                : BodySubscribers.mapping(
                        BodySubscribers.limiting(
                                BodySubscribers.ofString(java.nio.charset.StandardCharsets.UTF_8),
                                Endpoint.MAX_ANSWER_BYTES),
                        text -> text);
        var opening = endpoint.http().sendAsync(request, handler);
        try {
            var response = opening.get(endpoint.timeout().toNanos(), TimeUnit.NANOSECONDS);
            if (response.statusCode() == 200
                    && response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream")) {
                stream.request();
                return stream;
            }
            stream.close();
            var reason = Problems.of(response.statusCode(), response.headers(), String.valueOf(response.body()));
            Refusals.handle(
                    context, wanted, response.statusCode(), Problems.isOurs(response.headers()), reason, this::begin);
            return null;
        } catch (ExecutionException failure) {
            stream.close();
            throw LinkBroken.network(failure.getCause() == null ? failure : failure.getCause());
        } catch (TimeoutException late) {
            stream.close();
            throw new LinkBroken(
                    Blame.TRANSPORT,
                    new SluiceException(ProblemCode.CONNECTION_LOST, "no stream within " + endpoint.timeout()));
        } finally {
            abandon(opening, stream);
        }
    }

    private static void abandon(CompletableFuture<?> opening, ResponseStream stream) {
        if (!opening.isDone()) {
            stream.close();
            opening.cancel(true);
        }
    }

    /** One stream, as it is read. */
    private final class Reading {
        private final List<Subscription> wanted;
        private final ResponseStream stream;
        private final EventStreamParser parser = new EventStreamParser();
        private final List<Block> blocks = new ArrayList<>();
        private boolean greeted;

        Reading(List<Subscription> wanted, ResponseStream stream) {
            this.wanted = wanted;
            this.stream = stream;
        }

        void untilPlaced() throws LinkBroken, InterruptedException {
            while (!wanted.getFirst().isPlaced() && !wanted.getFirst().isEnded() && !context.shouldLeave()) {
                more();
            }
        }

        void whileSame(long version) throws LinkBroken, InterruptedException {
            while (context.subscriptions().version() == version && !context.shouldLeave()) {
                more();
            }
        }

        private void more() throws LinkBroken, InterruptedException {
            long deadline = context.endpoint().timing().nanos() + SILENCE.toNanos();
            Item item = null;
            while (item == null && !context.shouldLeave()) {
                if (context.endpoint().timing().nanos() > deadline) {
                    throw LinkBroken.silent();
                }
                item = context.inbox().take(LinkContext.LOOK);
            }
            switch (item) {
                case Item.Bytes(var source, var pieces)
                when source == stream -> {
                    take(pieces);
                    stream.request();
                }
                case Item.Ended(var source, var why)
                when source == stream ->
                    throw comeBack.map(LinkBroken::drained).orElseGet(() -> LinkBroken.network(why));
                case null, default -> {} // woken, or what an earlier stream has left
            }
        }

        private void take(List<ByteBuffer> pieces) throws LinkBroken, InterruptedException {
            try {
                blocks.clear();
                for (var piece : pieces) {
                    parser.take(piece, blocks::add);
                }
                for (var block : blocks) {
                    take(block);
                }
            } catch (MalformedJson wrong) {
                throw new LinkBroken(Blame.TRANSPORT, Problems.of(wrong));
            }
        }

        private void take(Block block) throws InterruptedException {
            if (!greeted && block.id() != null) {
                greeted = true;
                wanted.forEach(each -> each.place(wanted.size() == 1 ? block.id() : each.after()));
            } else if (block.data() == null && block.retryMillis() >= 0) {
                comeBack = Optional.of(Duration.ofMillis(block.retryMillis()));
            }
            if (block.data() == null) {
                return;
            }
            var json = JsonObject.parse(block.data());
            if (json.has("position")) {
                deliver(Publication.of(json, block.data()));
                return;
            }
            switch (block.event()) {
                case "gap" -> deliver(Gap.of(json));
                case "signal" -> deliver(Signal.of(json));
                case "presence" -> deliver(PresenceChange.of(json));
                default -> {} // what a newer server may say
            }
        }

        private void deliver(Event event) throws InterruptedException {
            for (var each : wanted) {
                if (each.channel().equals(event.channel())) {
                    each.accept(event, () -> {});
                }
            }
        }
    }
}
