package io.sluice.bench;

import java.io.IOException;

/** How readers and publishers of one server talk to it. Confined to the load thread. */
public interface Protocol {
    /** As {@code --transports} has it. */
    String name();

    /** Connections that read; one object serves all sockets. A socket is open once the server knows its reader. */
    Dialect reader(Reading reading);

    /** A connection that publishes. */
    Dialect publisher(String host, String channel);

    /** Publishes {@code data}, a JSON string, on a connection of {@link #publisher}. */
    void publish(LoadSocket publisher, String channel, String data) throws IOException;

    /** How many readers share a connection at most. */
    default int readersPerConnection() {
        return 1;
    }

    /**
     * What a connection is opened for.
     *
     * @param host as the Host field says it
     * @param readers how many readers this connection is for
     * @param resuming true when sockets keep their cursor, so that they can come back with it
     */
    record Reading(String host, String channel, Deliveries deliveries, int readers, boolean resuming) {
        /** One reader that does not come back. */
        public Reading(String host, String channel, Deliveries deliveries) {
            this(host, channel, deliveries, 1, false);
        }

        /** The same for readers that come back with their cursors. */
        public Reading returning() {
            return new Reading(host, channel, deliveries, readers, true);
        }

        /** Keeps what stands in {@code text} between {@code before} and {@code after} as the cursor of {@code socket}. */
        public void keep(LoadSocket socket, String text, String before, String after) {
            int found = resuming ? text.lastIndexOf(before) : -1;
            int at = found + before.length();
            int end = found < 0 ? -1 : text.indexOf(after, at);
            if (end > at) {
                socket.cursor = text.substring(at, end);
            }
        }
    }
}
