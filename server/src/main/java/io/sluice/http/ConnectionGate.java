package io.sluice.http;

import java.net.InetAddress;

/** Decides whether one more connection of an address is served. Called on event loops; must not block. */
public interface ConnectionGate {
    /** Serves everybody. */
    ConnectionGate OPEN = new ConnectionGate() {
        @Override
        public boolean enter(InetAddress peer) {
            return true;
        }

        @Override
        public void leave(InetAddress peer) {
            // Nobody is counted.
        }
    };

    /** True when the connection is served; it is then followed by one {@link #leave}. */
    boolean enter(InetAddress peer);

    void leave(InetAddress peer);
}
