package io.sluice.hub;

import io.sluice.config.NamespaceConfig;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One open channel: its log, who reads it and who is there. Whoever uses it holds it between {@link #acquire} and {@link
 * #release}; what nobody holds may be evicted. Thread-safe.
 */
public final class HubChannel {
    private static final int EVICTED = Integer.MIN_VALUE;

    private final ChannelLog log;
    private final NamespaceConfig settings;
    private final FanOut fanOut;
    private final Presence presence;
    private final AtomicInteger holders = new AtomicInteger();
    private volatile long idleSinceNanos;

    HubChannel(ChannelLog log, NamespaceConfig settings, FanOut fanOut, Presence presence, long nowNanos) {
        this.log = log;
        this.settings = settings;
        this.fanOut = fanOut;
        this.presence = presence;
        this.idleSinceNanos = nowNanos;
    }

    public ChannelName name() {
        return log.name();
    }

    public ChannelLog log() {
        return log;
    }

    public NamespaceConfig settings() {
        return settings;
    }

    /** How many readers stand in this channel now: subscriptions and waiting polls. */
    public int readers() {
        return fanOut.readers();
    }

    /** How many readers could not take the publication that came last; they go on from their cursors. */
    public int behind() {
        return fanOut.behind();
    }

    /** How many publications the last of those was behind. */
    public long lag() {
        return fanOut.lag();
    }

    FanOut fanOut() {
        return fanOut;
    }

    Presence presence() {
        return presence;
    }

    /** False when the channel was evicted meanwhile: then open it again. */
    boolean acquire() {
        return holders.getAndUpdate(n -> n < 0 ? EVICTED : n + 1) >= 0;
    }

    void release() {
        holders.decrementAndGet();
    }

    /** Notes that it is in use, and tells for how long it has not been. */
    long idleNanos(long nowNanos) {
        if (holders.get() != 0 || !presence.isEmpty()) {
            idleSinceNanos = nowNanos;
        }
        return nowNanos - idleSinceNanos;
    }

    /** Closes it for everybody when nobody holds it. */
    boolean tryEvict() {
        return holders.compareAndSet(0, EVICTED);
    }

    boolean isEvicted() {
        return holders.get() < 0;
    }

    /** Takes a {@link #tryEvict} back. */
    void unevict() {
        holders.set(0);
    }
}
