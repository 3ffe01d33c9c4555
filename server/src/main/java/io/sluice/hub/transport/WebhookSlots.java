package io.sluice.hub.transport;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How many deliveries may be under way, in all and to one host, so that hosts that hang never take the places of others. Who
 * finds none free waits in line, each host in a line of its own; the hosts take turns. Thread-safe.
 */
final class WebhookSlots {
    private final int most;
    private final int mostPerHost;
    private final Map<String, Host> hosts = new HashMap<>();
    /** Hosts that have somebody waiting and room for one more of their own. */
    private final Deque<Host> ready = new ArrayDeque<>();

    private int taken;

    private static final class Host {
        final Deque<Runnable> waiting = new ArrayDeque<>();
        int taken;
        boolean isReady;
    }

    WebhookSlots(int most, int mostPerHost) {
        this.most = most;
        this.mostPerHost = mostPerHost;
    }

    /** True when a place was free and is taken; else {@code granted} runs once it has been, on any thread. */
    synchronized boolean take(String name, Runnable granted) {
        var host = hosts.computeIfAbsent(name, n -> new Host());
        if (taken < most && host.taken < mostPerHost && host.waiting.isEmpty()) {
            host.taken++;
            taken++;
            return true;
        }
        host.waiting.add(granted);
        offer(host);
        return false;
    }

    /** Gives a place back. */
    void give(String name) {
        var next = next(name);
        if (next != null) {
            next.run();
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Runnable next(String name) {
        var host = java.util.Objects.requireNonNull(hosts.get(name));
        host.taken--;
        taken--;
        offer(host);
        var first = ready.poll();
        if (host.taken == 0 && host.waiting.isEmpty()) {
            hosts.remove(name);
        }
        if (first == null) {
            return null;
        }
        first.isReady = false;
        first.taken++;
        taken++;
        var granted = first.waiting.remove();
        offer(first);
        return granted;
    }

    private void offer(Host host) {
        if (!host.isReady && !host.waiting.isEmpty() && host.taken < mostPerHost) {
            host.isReady = true;
            ready.add(host);
        }
    }

    /** How many deliveries are under way. */
    synchronized int taken() {
        return taken;
    }
}
