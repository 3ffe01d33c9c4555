package io.sluice.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One channel as it is read: by a listener, or by asking for the {@link #next}. Connections come and go underneath; the
 * subscription goes on where it was. Thread-safe, though events are to be taken by one thread.
 */
public final class Subscription implements AutoCloseable {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final System.Logger LOG = System.getLogger(Subscription.class.getName());

    private final String channel;
    private final String start;
    private final boolean listens;
    private final EventBuffer buffer;
    private final Subscriptions owner;
    private final CompletableFuture<Boolean> started = new CompletableFuture<>();

    /** The cursor after what has been put into the buffer: where the next connection goes on. The client's thread writes it. */
    private volatile @Nullable String cursor;

    private volatile @Nullable String taken;

    Subscription(String channel, String start, boolean listens, int capacity, Subscriptions owner) {
        this.channel = channel;
        this.start = start;
        this.listens = listens;
        this.buffer = new EventBuffer(capacity);
        this.owner = owner;
        if (start.indexOf('.') >= 0 && start.indexOf(',') < 0) {
            cursor = start;
            taken = start;
        }
    }

    /** The name of the channel. */
    public String channel() {
        return channel;
    }

    /**
     * The cursor after the last event that was taken: where another subscription, on any transport, goes on. Empty until the
     * server has said where this one begins. An event counts as taken when the listener has returned, or when {@link #next()}
     * returned it.
     */
    public Optional<String> position() {
        return Optional.ofNullable(taken);
    }

    /**
     * Waits until the server has accepted this subscription: whatever is published from then on arrives. Throws why it was refused,
     * or {@link ProblemCode#CONNECTION_LOST} when the time is over, which ends nothing.
     */
    public void awaitStart(Duration within) {
        try {
            started.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new SluiceException(ProblemCode.CONNECTION_LOST, "not subscribed within " + within);
        } catch (ExecutionException refused) {
            throw Problems.of(refused.getCause() == null ? refused : refused.getCause());
        } catch (InterruptedException asked) {
            throw Problems.interrupted();
        }
    }

    /** Waits for the next event. Throws why the subscription is over, after the last event that was read. */
    public Event next() {
        refuseBesideListener();
        try {
            return taken(buffer.take());
        } catch (InterruptedException asked) {
            throw Problems.interrupted();
        }
    }

    /** Waits so long for the next event; empty when none came. */
    public Optional<Event> next(Duration within) {
        refuseBesideListener();
        try {
            return Optional.ofNullable(buffer.take(within.toNanos())).map(this::taken);
        } catch (InterruptedException asked) {
            throw Problems.interrupted();
        }
    }

    /** Ends it. What was read and not taken is dropped; {@link #position()} stays where it is. */
    @Override
    public void close() {
        end(Problems.closed(), true);
    }

    /** Over, for this reason; what has been read may still be taken. */
    void fail(SluiceException why) {
        end(why, false);
    }

    boolean isEnded() {
        return buffer.isEnded();
    }

    /** Where the next connection begins to read: a position, {@code earliest} or {@code latest}. */
    String after() {
        var known = cursor;
        return known == null ? start : known;
    }

    /** True once the server has said a position. */
    boolean isPlaced() {
        return cursor != null;
    }

    /** The server has said where reading begins. */
    void place(String position) {
        if (cursor == null) {
            cursor = position;
            taken = position;
        }
        started.complete(true);
    }

    /** Shows the server that the reader is slow and not gone. */
    interface KeepAlive {
        void run() throws InterruptedException;
    }

    /** Hands an event over; waits while the buffer is full, and runs {@code keepAlive} now and then meanwhile. */
    void accept(Event event, KeepAlive keepAlive) throws InterruptedException {
        started.complete(true);
        while (!buffer.put(event, KEEP_ALIVE)) {
            keepAlive.run();
        }
        switch (event) {
            case Publication publication -> cursor = publication.position();
            case Gap gap -> cursor = gap.to();
            case Signal signal -> {}
            case PresenceChange change -> {}
        }
    }

    /** Takes events until it is over. */
    void listen(SubscriptionListener listener) {
        try {
            while (true) {
                var event = buffer.take();
                tell(event, listener);
                taken(event);
            }
        } catch (SluiceException over) {
            if (over.code() != ProblemCode.CLOSED) {
                guarded(() -> listener.onEnded(over));
            }
        } catch (InterruptedException asked) {
            close();
        }
    }

    private void tell(Event event, SubscriptionListener listener) {
        guarded(() -> {
            switch (event) {
                case Publication publication -> listener.onPublication(publication);
                case Gap gap -> listener.onGap(gap);
                case Signal signal -> listener.onSignal(signal);
                case PresenceChange change -> listener.onPresence(change);
            }
        });
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException theirs) {
            LOG.log(System.Logger.Level.ERROR, "a subscription listener failed", theirs);
        }
    }

    private Event taken(Event event) {
        switch (event) {
            case Publication publication -> taken = publication.position();
            case Gap gap -> taken = gap.to();
            case Signal signal -> {}
            case PresenceChange change -> {}
        }
        return event;
    }

    private void end(SluiceException why, boolean atOnce) {
        if (buffer.end(why, atOnce)) {
            started.completeExceptionally(why);
            owner.remove(this);
        }
    }

    private void refuseBesideListener() {
        if (listens) {
            throw new IllegalStateException("this subscription has a listener, which takes the events");
        }
    }

    @Override
    public String toString() {
        return "Subscription[" + channel + "]";
    }
}
