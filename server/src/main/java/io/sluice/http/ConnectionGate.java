package io.sluice.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Decides whether one more connection of an address is served. Called on event loops; must not block. */
public interface ConnectionGate {
    /** Serves everybody. */
    ConnectionGate OPEN = new ConnectionGate() {
        @Override
        public @Nullable Abuse enter(InetAddress peer) {
            return null;
        }

        @Override
        public void leave(InetAddress peer) {
            // Nobody is counted.
        }
    };

    /** Null when the connection is served, which is then followed by one {@link #leave}; else why it is closed. */
    @Nullable
    Abuse enter(InetAddress peer);

    void leave(InetAddress peer);
}
