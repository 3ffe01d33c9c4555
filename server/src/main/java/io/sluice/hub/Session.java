package io.sluice.hub;

import io.sluice.auth.Identity;
import io.sluice.net.Loop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connected client, whatever its protocol: who it is, its far end and its subscriptions. Confined to its loop, except
 * where a method says otherwise.
 *
 * <p>Its peer is usually the inbox that reads. A client whose protocol runs several operations at once has an inbox for each of
 * them, and a peer that does not read: two operations may read the same channel, each with a cursor and a wire of its own.
 */
public final class Session {
    private final String id;
    private final Loop loop;
    private final Peer peer;
    private final Instant opened;
    private final Hub hub;
    private final boolean wantsNotices;
    private final Map<Interest, Subscription> subscriptions = new LinkedHashMap<>(4);
    private volatile Identity identity;
    private volatile int subscriptionCount;
    private boolean present = true;
    private int holds;
    private boolean closed;
    private @Nullable SessionExpiry expiry;

    Session(String id, Loop loop, Peer peer, Identity identity, Instant opened, boolean wantsNotices, Hub hub) {
        this.id = id;
        this.loop = loop;
        this.peer = peer;
        this.identity = identity;
        this.opened = opened;
        this.wantsNotices = wantsNotices;
        this.hub = hub;
    }

    /** Unique among all servers; any thread. */
    public String id() {
        return id;
    }

    /** Any thread. */
    public Loop loop() {
        return loop;
    }

    public Peer peer() {
        return peer;
    }

    /** What the session itself reads into. */
    Inbox inbox() {
        if (peer instanceof Inbox inbox) {
            return inbox;
        }
        throw new IllegalStateException("operations read, not their session");
    }

    /** When it connected; any thread. */
    public Instant opened() {
        return opened;
    }

    /** Any thread. */
    public Identity identity() {
        return identity;
    }

    /** How many channels it reads; any thread. */
    public int subscriptionCount() {
        return subscriptionCount;
    }

    public boolean isClosed() {
        return closed;
    }

    /** The session's own subscription to {@code channel}, or null. */
    public @Nullable Subscription subscription(ChannelName channel) {
        return subscription(inbox(), channel);
    }

    /** The subscription to {@code channel} that is read into {@code reader}, or null. */
    public @Nullable Subscription subscription(Inbox reader, ChannelName channel) {
        return subscriptions.get(new Interest(reader, channel));
    }

    public Collection<Subscription> subscriptions() {
        return subscriptions.values();
    }

    /** Puts a renewed or first proof of who this is in force; what is subscribed stays. */
    public void identify(Identity renewed) {
        boolean another = !java.util.Objects.equals(renewed.user(), identity.user());
        if (another && present) {
            subscriptions.values().forEach(subscription -> hub.attendance().exit(subscription.channel(), identity));
        }
        identity.share().closed();
        identity = renewed;
        identity.share().opened();
        watchExpiry();
        if (another && present) {
            subscriptions.values().forEach(subscription -> hub.attendance().enter(subscription.channel(), identity));
        }
    }

    /** Lets every subscription go on from its cursor: the transport calls it when its outlet turned writable. */
    public void resume() {
        if (subscriptions.size() == 1) {
            subscriptions.values().iterator().next().resume();
            return;
        }
        // A copy: what a subscription sends may end the session or another subscription.
        for (var subscription : new ArrayList<>(subscriptions.values())) {
            if (holds > 0 || !peer.writable()) {
                return;
            }
            subscription.resume();
        }
    }

    /** Lets nothing be delivered until as many {@link #release}: an answer that must come first is being made. */
    public void hold() {
        holds++;
        subscriptions.values().forEach(subscription -> subscription.hold(true));
    }

    /** Takes one {@link #hold} back; with the last one, subscriptions go on. */
    public void release() {
        holds--;
        if (holds == 0 && !closed) {
            subscriptions.values().forEach(subscription -> subscription.hold(false));
            resume();
        }
    }

    /** Says whether the client is believed to be there: a silent one no longer counts for presence. */
    public void present(boolean there) {
        if (present == there || closed) {
            return;
        }
        present = there;
        for (var subscription : subscriptions.values()) {
            if (there) {
                hub.attendance().enter(subscription.channel(), identity);
            } else {
                hub.attendance().exit(subscription.channel(), identity);
            }
        }
    }

    /** Ends the session's own interest in {@code channel}; false when there was none. */
    public boolean unsubscribe(ChannelName channel) {
        return unsubscribe(inbox(), channel);
    }

    /** Ends the interest in {@code channel} of {@code reader}; false when there was none. */
    public boolean unsubscribe(Inbox reader, ChannelName channel) {
        return end(new Interest(reader, channel));
    }

    private boolean end(Interest interest) {
        var subscription = subscriptions.remove(interest);
        if (subscription == null) {
            return false;
        }
        subscriptionCount = subscriptions.size();
        if (present) {
            hub.attendance().exit(subscription.channel(), identity);
        }
        subscription.close();
        return true;
    }

    /** Frees everything; the transport calls it once its peer is gone. Idempotent. */
    public void close() {
        if (closed) {
            return;
        }
        for (var interest : new ArrayList<>(subscriptions.keySet())) {
            end(interest);
        }
        closed = true;
        if (expiry != null) {
            expiry.stop();
        }
        identity.share().closed();
        hub.sessions().remove(this);
        hub.metrics().sessionClosed(peer.transport());
    }

    void watchExpiry() {
        if (expiry == null && identity.expires() != null) {
            expiry = new SessionExpiry(this, hub.gate().expiryWarning());
        }
        if (expiry != null) {
            expiry.watch();
        }
    }

    boolean wantsNotices() {
        return wantsNotices;
    }

    HubMetrics metrics() {
        return hub.metrics();
    }

    void add(Subscription subscription) {
        subscription.hold(holds > 0);
        subscriptions.put(
                new Interest(subscription.inbox(), subscription.channel().name()), subscription);
        subscriptionCount = subscriptions.size();
        if (present) {
            hub.attendance().enter(subscription.channel(), identity);
        }
    }

    /** What is read where. */
    private record Interest(Inbox inbox, ChannelName channel) {}
}
