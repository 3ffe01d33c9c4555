package io.sluice.limit;

import io.sluice.http.Abuse;
import io.sluice.http.ConnectionGate;
import io.sluice.http.ExchangeObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * At most {@code limits.max_connections_per_address} connections per address, and none of an address whose connections are cut
 * for abuse faster than {@code limits.cuts} forgives; IPv6 by its /64. Thread-safe.
 */
public final class ConnectionCaps implements ConnectionGate, ExchangeObserver {
    private final Limits limits;
    private final Tally<AddressKey> open = new Tally<>();

    public ConnectionCaps(Limits limits) {
        this.limits = limits;
    }

    @Override
    public @Nullable Abuse enter(InetAddress peer) {
        var address = limits.address(peer);
        if (address == null) {
            return null;
        }
        if (limits.isAbusive(address)) {
            return Abuse.ABUSIVE_ADDRESS;
        }
        return open.addBelow(address, limits.config().maxConnectionsPerAddress()) ? null : Abuse.TOO_MANY_CONNECTIONS;
    }

    @Override
    public void leave(InetAddress peer) {
        var address = limits.address(peer);
        if (address != null) {
            open.remove(address);
        }
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
