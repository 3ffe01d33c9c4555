package io.sluice.limit;

import io.sluice.http.Abuse;
import io.sluice.http.ClientError;
import io.sluice.http.ConnectionGate;
import io.sluice.http.ExchangeObserver;
import io.sluice.http.Problem;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * At most {@code limits.max_connections_per_address} connections per address, and none of an address whose connections are cut
 * for abuse faster than {@code limits.cuts} forgives; IPv6 by its /64. Requests of an address for which more than {@code
 * limits.max_unsent_per_address} waits are refused until it has read some of it. Thread-safe.
 *
 * <p>Those of exempt addresses are counted too, though never refused: an address may become exempt, or no longer be, while it has
 * some.
 */
public final class ConnectionCaps implements ConnectionGate, ExchangeObserver {
    /** Less than this in all is not worth looking at. */
    private static final long LEAST_UNSENT = 1 << 20;
    /** Some readers take something, or are given up, until then. */
    private static final Duration UNTIL_STALLED = Duration.ofSeconds(2);

    private final Limits limits;
    private final Tally<AddressKey> open = new Tally<>();
    private final ConcurrentMap<AddressKey, Long> unsentTo = new ConcurrentHashMap<>();
    private final AtomicLong unsent = new AtomicLong();
    /** What all responses together may hold: a quarter of the memory for buffers. */
    private final long mostUnsent = Runtime.getRuntime().maxMemory() / 4;

    public ConnectionCaps(Limits limits) {
        this.limits = limits;
    }

    @Override
    public @Nullable Abuse enter(InetAddress peer) {
        var address = limits.address(peer);
        if (address == null) {
            open.add(AddressKey.of(peer));
            return null;
        }
        if (limits.isAbusive(address)) {
            return Abuse.ABUSIVE_ADDRESS;
        }
        return open.addBelow(address, limits.config().maxConnectionsPerAddress()) ? null : Abuse.TOO_MANY_CONNECTIONS;
    }

    @Override
    public void leave(InetAddress peer) {
        open.remove(AddressKey.of(peer));
    }

    @Override
    public void unsent(InetAddress peer, long difference) {
        unsent.addAndGet(difference);
        unsentTo.merge(
                AddressKey.of(peer),
                difference,
                (before, more) -> before + more == 0 ? null : Long.valueOf(before + more));
    }

    @Override
    public @Nullable Problem ask(InetAddress peer) {
        long all = unsent.get();
        if (all < LEAST_UNSENT) {
            return null;
        }
        if (all >= mostUnsent) {
            return Problem.of(ClientError.OVERLOADED, "too much waits for readers that take nothing")
                    .retryAfter(UNTIL_STALLED);
        }
        var address = limits.address(peer);
        long most = limits.config().maxUnsentPerAddress().bytes();
        if (address == null || unsentTo.getOrDefault(address, 0L) < most) {
            return null;
        }
        return Problem.of(
                        ClientError.RATE_LIMITED,
                        "read what you asked for before: " + most + " bytes of it wait for you")
                .retryAfter(UNTIL_STALLED)
                .with("policy", "address-unsent")
                .with("limit", most);
    }

    @Override
    public void cut(Abuse abuse, @Nullable SocketAddress peer) {
        if (abuse.countsAgainstAddress() && peer instanceof InetSocketAddress remote) {
            var address = limits.address(remote.getAddress());
            if (address != null) {
                limits.wasCut(address);
            }
        }
    }
}
