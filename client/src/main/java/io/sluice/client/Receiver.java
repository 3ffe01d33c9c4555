package io.sluice.client;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection while anything is subscribed to: one transport after the other, with waits, until it is closed or gives
 * up. One virtual thread runs it.
 */
final class Receiver implements Runnable {
    private static final System.Logger LOG = System.getLogger(Receiver.class.getName());

    private final Endpoint endpoint;
    private final Subscriptions subscriptions;
    private final ClientOptions options;
    private final Timing timing;
    private final Backoff backoff;
    private final Runnable onLive;
    private final @Nullable ClientFolder folder;
    private final Semaphore retries = new Semaphore(0);
    private Ladder ladder;
    private boolean renewed;
    private volatile @Nullable List<Transport> wanted;
    private volatile ConnectionState state = new ConnectionState.Idle();

    /**
     * @param folder where the transport that works is remembered; null remembers it for as long as this lives
     * @param onLive run whenever the connection is back
     */
    Receiver(
            Endpoint endpoint,
            Subscriptions subscriptions,
            ClientOptions options,
            @Nullable ClientFolder folder,
            Runnable onLive) {
        this.endpoint = endpoint;
        this.subscriptions = subscriptions;
        this.options = options;
        this.timing = options.timing();
        this.backoff = options.newBackoff();
        this.folder = folder;
        this.onLive = onLive;
        var known = folder == null ? null : folder.transport();
        var rungs = List.copyOf(options.transports());
        this.ladder = new Ladder(rungs, Math.max(0, known == null ? 0 : rungs.indexOf(known)), options.climbAfter());
    }

    /** From any thread: goes on over these transports, best first. */
    void use(List<Transport> transports) {
        wanted = List.copyOf(transports);
        subscriptions.changed();
        retry();
    }

    /** From any thread: ends a wait. */
    void retry() {
        retries.release();
    }

    ConnectionState state() {
        return state;
    }

    @Override
    public void run() {
        try {
            while (true) {
                if (subscriptions.all().isEmpty()) {
                    move(new ConnectionState.Idle());
                }
                subscriptions.awaitAny();
                connect();
            }
        } catch (InterruptedException closed) {
            move(new ConnectionState.Closed());
        } catch (SluiceException final_) {
            move(new ConnectionState.Failed(final_));
            subscriptions.end(final_, false);
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "the connection's thread failed", bug);
            var why = new SluiceException(ProblemCode.UNKNOWN, "the client failed", bug);
            move(new ConnectionState.Failed(why));
            subscriptions.end(why, false);
        } finally {
            subscriptions.onChange(null);
        }
    }

    /** One connection from its beginning to its end, and the wait after it. Throws what is final. */
    private void connect() throws InterruptedException {
        var transport = chosen();
        move(new ConnectionState.Connecting(transport, backoff.failures() + 1));
        ladder.connecting();
        var inbox = new LinkInbox();
        subscriptions.onChange(inbox::wake);
        try {
            transport
                    .link(new LinkContext(
                            endpoint, subscriptions, options, inbox, () -> live(transport), this::shouldLeave))
                    .run();
            if (wanted == null && shouldClimb()) {
                ladder.climb();
            }
        } catch (LinkBroken broken) {
            recover(broken);
        } catch (SluiceException noToken) {
            recover(LinkBroken.refused(noToken));
        } finally {
            subscriptions.onChange(null);
        }
    }

    private Transport chosen() {
        var changed = wanted;
        if (changed != null) {
            wanted = null;
            ladder = new Ladder(changed, 0, options.climbAfter());
        }
        return ladder.current();
    }

    private boolean shouldLeave() {
        return wanted != null || shouldClimb();
    }

    private boolean shouldClimb() {
        return ladder.shouldClimb(timing.nanos());
    }

    private void live(Transport transport) {
        ladder.live(timing.nanos());
        renewed = false;
        if (!(state instanceof ConnectionState.Live(var known) && known == transport)) {
            move(new ConnectionState.Live(transport));
            onLive.run();
            if (folder != null) {
                folder.remember(transport);
            }
        }
    }

    private void recover(LinkBroken broken) throws InterruptedException {
        LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", broken.blame(), broken.getMessage());
        if (ladder.wasSteady(timing.nanos())) {
            backoff.reset();
        }
        boolean again = switch (broken.blame()) {
            case CLIENT -> throw broken.reason();
            case TOKEN -> renewToken(broken.reason());
            case SERVER, TRANSPORT -> ladder.stepDown(broken, timing.nanos());
        };
        if (!again) {
            if (backoff.failures() >= options.maxRetries()) {
                throw broken.reason();
            }
            var wait = backoff.next(broken.retryAfter());
            retries.drainPermits();
            move(new ConnectionState.Waiting(wait, broken.reason()));
            if (wanted == null && retries.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                backoff.reset();
            }
        }
    }

    /**
     * A token that is refused right after it was renewed is refused for good. True when the new one is to be tried at once: not
     * where the last was taken for a moment only.
     */
    private boolean renewToken(SluiceException refused) {
        if (renewed) {
            throw refused;
        }
        try {
            renewed = endpoint.credentials().renew(endpoint.credentials().token());
        } catch (SluiceException noToken) {
            return false;
        }
        if (!renewed) {
            throw refused;
        }
        return !ladder.isLive() || ladder.wasSteady(timing.nanos());
    }

    private void move(ConnectionState next) {
        if (state.equals(next)) {
            return;
        }
        state = next;
        try {
            options.onState().accept(next);
        } catch (RuntimeException theirs) {
            LOG.log(System.Logger.Level.ERROR, "a connection state listener failed", theirs);
        }
    }
}
