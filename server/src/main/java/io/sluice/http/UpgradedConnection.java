package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.sluice.net.Outlet;
import java.util.function.Consumer;

/** A connection that has left HTTP by an upgrade. Bytes come in as they arrive and go out as they are written. */
public interface UpgradedConnection {
    /** Where bytes leave; it also tells when the peer is gone. */
    Outlet outlet();

    /** Counts that the peer is about to be cut, and why. */
    void abused(Abuse abuse);

    /**
     * Names who takes incoming bytes, in order, including what came with the request head. {@code bytes} is released after
     * the call returns. Reading does not begin before this is called.
     */
    void onBytes(Consumer<ByteBuf> bytes);

    /** Stops or resumes reading from the peer. */
    void reading(boolean on);
}
