package io.sluice.client;

import java.time.Duration;

/** Where a client stands: what a user interface can show. {@link Failed} and {@link Closed} are final. */
public sealed interface ConnectionState {
    /** Nothing is subscribed to, so there is no connection. */
    record Idle() implements ConnectionState {}

    /**
     * A connection is being made.
     *
     * @param attempt 1 for the first since the last connection that held
     */
    record Connecting(Transport transport, int attempt) implements ConnectionState {}

    /** Connected, and what is subscribed to arrives. */
    record Live(Transport transport) implements ConnectionState {}

    /** The connection is gone; the next is tried after {@code pause}. */
    record Waiting(Duration pause, SluiceException why) implements ConnectionState {}

    /** Given up: the server refuses for good, or did not answer as often as was allowed. Make a new client. */
    record Failed(SluiceException why) implements ConnectionState {}

    /** Closed by the application. */
    record Closed() implements ConnectionState {}
}
