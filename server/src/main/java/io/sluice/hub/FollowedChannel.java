package io.sluice.hub;

import io.sluice.auth.InternalChannel;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel of the servers' own, followed as any reader follows one: by reading the log at a cursor, and waiting once for what
 * is newer. Appending is thread-safe; following is confined to one loop.
 */
final class FollowedChannel implements InternalChannel {
    private static final Logger LOG = LoggerFactory.getLogger(FollowedChannel.class);
    private static final int BATCH = 1_000;
    private static final int BATCH_BYTES = 1 << 20;
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private record Waiter(long offset, Runnable answer) {}

    private final Channels channels;
    private final Bounds bounds;
    private final ChannelName name;
    private final Loop loop;
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private volatile @Nullable Consumer<Entry> follower;
    // Confined to the loop.
    private final List<Waiter> waiters = new ArrayList<>();
    private long after;

    FollowedChannel(Channels channels, Bounds bounds, Loop loop) {
        this.channels = channels;
        this.bounds = bounds;
        this.name = ChannelName.internal(bounds.name());
        this.loop = loop;
    }

    @Override
    public void append(@Nullable String key, byte[] content, Consumer<Entered> answer) {
        channels.acquire(name, outcome -> {
            switch (outcome) {
                case Outcome.Refused<HubChannel>(var problem) -> answer.accept(new Entered.Refused(problem));
                case Outcome.Done<HubChannel>(var channel) -> append(channel, key, content, answer);
            }
        });
    }

    private void append(HubChannel channel, @Nullable String key, byte[] content, Consumer<Entered> answer) {
        var log = channel.log();
        if (log.newest() - log.oldest() + 1 >= bounds.most()) {
            channel.release();
            answer.accept(new Entered.Refused(Problem.of(
                            ClientError.OVERLOADED, "no more than " + bounds.most() + " " + bounds.name() + " are held")
                    .with("limit", bounds.most())));
            return;
        }
        var payload = new Payload(Payload.Kind.BINARY, content, "application/octet-stream");
        log.append(new Draft(Draft.DEFAULT_EVENT, null, Map.of(), payload, key, null), appended -> {
            channel.release();
            switch (appended) {
                case Appended.Stored(var position, var time) ->
                    whenGiven(position, () -> answer.accept(new Entered.First()));
                case Appended.Replayed(var position, var time) ->
                    whenGiven(position, () -> answer.accept(new Entered.Again()));
                case Appended.Refused(var problem) ->
                    // The same key with another content: used all the same.
                    answer.accept(
                            problem.error() == ClientError.IDEMPOTENCY_MISMATCH
                                    ? new Entered.Again()
                                    : new Entered.Refused(problem));
            }
        });
    }

    /** Answers once the follower, if there is one, was given what stands at {@code position}. */
    private void whenGiven(Position position, Runnable answer) {
        if (follower == null) {
            answer.run();
            return;
        }
        loop.execute(() -> {
            if (position.offset() <= after) {
                answer.run();
            } else {
                waiters.add(new Waiter(position.offset(), answer));
            }
        });
    }

    @Override
    public CompletableFuture<Void> follow(Consumer<Entry> each) {
        if (follower != null) {
            throw new IllegalStateException(name + " is followed already");
        }
        follower = each;
        loop.execute(this::open);
        return caughtUp;
    }

    private void open() {
        channels.acquire(
                name,
                outcome -> loop.execute(() -> {
                    switch (outcome) {
                        case Outcome.Done<HubChannel>(var channel) -> read(channel);
                        case Outcome.Refused<HubChannel>(var problem) -> {
                            LOG.warn("internal channel {} cannot be opened: {}", name, problem.detail());
                            loop.schedule(this::open, RETRY_NANOS);
                        }
                    }
                }));
    }

    private void read(HubChannel channel) {
        channel.log()
                .read(
                        after,
                        BATCH,
                        BATCH_BYTES,
                        batch -> loop.execute(() -> {
                            switch (batch) {
                                case ChannelLog.Batch.Failed(var problem) -> {
                                    LOG.warn("internal channel {} cannot be read: {}", name, problem.detail());
                                    loop.schedule(() -> read(channel), RETRY_NANOS);
                                }
                                case ChannelLog.Batch.Found(var publications) -> {
                                    publications.forEach(this::give);
                                    if (publications.isEmpty()) {
                                        caughtUp.complete(null);
                                        await(channel);
                                    } else {
                                        read(channel);
                                    }
                                }
                            }
                        }));
    }

    private void give(Publication publication) {
        after = publication.offset();
        var each = follower;
        if (each != null) {
            each.accept(new Entry(publication.payload().bytes(), publication.time()));
        }
        waiters.removeIf(waiter -> {
            boolean due = waiter.offset <= after;
            if (due) {
                waiter.answer.run();
            }
            return due;
        });
    }

    private void await(HubChannel channel) {
        channel.acquire(); // the wait gives it back; the follower holds the channel for good
        var readers = channel.fanOut().on(loop);
        var waiting = new Waiting(channel, readers, after, () -> read(channel));
        readers.add(waiting);
        waiting.woken(readers); // what came before it was added did not wake it
    }
}
