package io.sluice.client;

import io.sluice.client.LinkInbox.Item;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Receives by asking: with a wait at the server (long poll), or again after a pause (short poll). */
final class PollLink implements Link {
    private static final int WAIT_SECONDS = 25;
    private static final int LIMIT = 500;

    private final LinkContext context;
    private final boolean waits;

    PollLink(LinkContext context, boolean waits) {
        this.context = context;
        this.waits = waits;
    }

    @Override
    public void run() throws LinkBroken, InterruptedException {
        boolean first = true;
        while (!context.shouldLeave()) {
            var all = context.subscriptions().all();
            for (var each : all) {
                if (!each.isPlaced()) {
                    ask(List.of(each), 0);
                }
            }
            var wanted = all.stream()
                    .filter(each -> each.isPlaced() && !each.isEnded())
                    .toList();
            if (wanted.isEmpty()) {
                continue;
            }
            // The first answer comes at once, and shows that this transport works.
            int received = ask(wanted, waits && !first ? WAIT_SECONDS : 0);
            if (received >= 0 && first) {
                first = false;
                context.live().run();
            }
            if (received == 0 && !waits) {
                context.inbox().take(context.options().pollInterval());
            }
        }
    }

    /** Asks once; returns how many publications came, or -1 where subscriptions changed or were refused. */
    private int ask(List<Subscription> wanted, int waitSeconds) throws LinkBroken, InterruptedException {
        var path = "/v1/messages?" + ReadQuery.of(wanted) + "&limit=" + LIMIT
                + (waitSeconds > 0 ? "&wait=" + waitSeconds : "");
        long version = context.subscriptions().version();
        var within = context.endpoint().timeout().plusSeconds(waitSeconds);
        var asking = context.endpoint().begin(path, within);
        try {
            asking.whenComplete((answer, failure) -> context.inbox().put(new Item.Answered()));
            long deadline =
                    context.endpoint().timing().nanos() + within.plusSeconds(5).toNanos();
            while (!asking.isDone()) {
                context.inbox().take(LinkContext.LOOK);
                boolean changed =
                        waitSeconds > 0 && (context.subscriptions().version() != version || context.shouldLeave());
                if (changed && !asking.isDone()) {
                    return -1;
                }
                if (context.endpoint().timing().nanos() > deadline) {
                    throw LinkBroken.silent();
                }
            }
            return take(wanted, asking.join());
        } catch (CompletionException | CancellationException failure) {
            throw LinkBroken.network(failure.getCause() == null ? failure : failure.getCause());
        } catch (MalformedJson wrong) {
            throw new LinkBroken(LinkBroken.Blame.TRANSPORT, Problems.of(wrong));
        } finally {
            cancel(asking);
        }
    }

    private static void cancel(CompletableFuture<?> asking) {
        if (!asking.isDone()) {
            asking.cancel(true);
        }
    }

    private int take(List<Subscription> wanted, HttpResponse<String> answer) throws LinkBroken, InterruptedException {
        if (answer.statusCode() == 204) {
            return 0;
        }
        if (answer.statusCode() != 200) {
            var reason = Problems.of(answer.statusCode(), answer.headers(), answer.body());
            Refusals.handle(
                    context,
                    wanted,
                    answer.statusCode(),
                    Problems.isOurs(answer.headers()),
                    reason,
                    each -> ask(List.of(each), 0));
            return -1;
        }
        var page = JsonObject.parse(answer.body());
        if (page.has("gap")) {
            deliver(wanted, Gap.of(page.object("gap")));
        }
        for (var gap : page.objects("gaps")) {
            deliver(wanted, Gap.of(gap));
        }
        var messages = page.array("messages");
        for (var message : messages) {
            deliver(wanted, Publication.of(message));
        }
        var position = page.text("position");
        wanted.forEach(each -> each.place(each.isPlaced() ? each.after() : position));
        return messages.size();
    }

    private static void deliver(List<Subscription> wanted, Event event) throws InterruptedException {
        @Nullable Subscription of = null;
        for (var each : wanted) {
            of = each.channel().equals(event.channel()) ? each : of;
        }
        if (of != null) {
            of.accept(event, () -> {});
        }
    }
}
