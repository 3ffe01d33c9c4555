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

        @Override
        public void unsent(InetAddress peer, long difference) {
            // Nothing is counted.
        }

        @Override
        public @Nullable Problem ask(InetAddress peer) {
            return null;
        }
    };

    /** Null when the connection is served, which is then followed by one {@link #leave}; else why it is closed. */
    @Nullable
    Abuse enter(InetAddress peer);

    void leave(InetAddress peer);

    /** So many bytes more, or less, wait in memory until {@code peer} takes them. */
    void unsent(InetAddress peer, long difference);

    /** Null when a request of {@code peer} is served, else why not. */
    @Nullable
    Problem ask(InetAddress peer);
}
