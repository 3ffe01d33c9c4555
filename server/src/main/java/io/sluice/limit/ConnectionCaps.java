package io.sluice.limit;

import io.sluice.http.ConnectionGate;
import java.net.InetAddress;

/** At most {@code limits.max_connections_per_address} connections per address, IPv6 by its /64. Thread-safe. */
public final class ConnectionCaps implements ConnectionGate {
    private final Limits limits;
    private final Tally<AddressKey> open = new Tally<>();

    public ConnectionCaps(Limits limits) {
        this.limits = limits;
    }

    @Override
    public boolean enter(InetAddress peer) {
        var address = limits.address(peer);
        return address == null || open.addBelow(address, limits.config().maxConnectionsPerAddress());
    }

    @Override
    public void leave(InetAddress peer) {
        var address = limits.address(peer);
        if (address != null) {
            open.remove(address);
        }
    }
}
