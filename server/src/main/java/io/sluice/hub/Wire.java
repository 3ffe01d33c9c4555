package io.sluice.hub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * An encoding of publications, complete with the protocol's own framing where that does not depend on the reader, so that
 * the same bytes serve every subscriber.
 */
public interface Wire {
    /** How many wires there can be; a publication has this many slots for encodings. */
    int MAX_WIRES = 8;

    /** The name in configuration, metrics and logs. */
    String name();

    /** This wire's slot, 0 to {@link #MAX_WIRES} - 1: its place in the list of wires. */
    int index();

    /** Encodes afresh into a direct buffer that the caller owns. Called once per publication; from any thread. */
    ByteBuf encode(Publication publication, ByteBufAllocator allocator);

    /** Encodes a notice into a direct buffer that the caller owns. Called once per notice and loop. */
    ByteBuf encode(Notice notice, ByteBufAllocator allocator);
}
