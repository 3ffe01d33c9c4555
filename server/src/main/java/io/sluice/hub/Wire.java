package io.sluice.hub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * An encoding of publications, complete with the protocol's own framing where that does not depend on the reader, so that
 * the same bytes serve every subscriber.
 *
 * <p>Most wires are listed once and have a slot of their own in every publication. Others are made while the server runs,
 * one for each form that clients ask for, such as a GraphQL selection: these are told apart by identity, so everybody who
 * reads in one form must hold the same object.
 */
public interface Wire {
    /** How many listed wires there can be; a publication has this many slots for their encodings. */
    int MAX_WIRES = 8;

    /** The {@link #index} of a wire that is made while the server runs. */
    int UNLISTED = -1;

    /** How many encodings of unlisted wires a publication keeps; further ones are made again in each turn of a loop. */
    int MAX_UNLISTED = 8;

    /** The name in configuration, metrics and logs. */
    String name();

    /** This wire's slot, 0 to {@link #MAX_WIRES} - 1: its place in the list of wires; or {@link #UNLISTED}. */
    int index();

    /** Encodes afresh into a direct buffer that the caller owns. Called once per publication; from any thread. */
    ByteBuf encode(Publication publication, ByteBufAllocator allocator);

    /** Encodes a notice into a direct buffer that the caller owns. Called once per notice and loop. */
    ByteBuf encode(Notice notice, ByteBufAllocator allocator);
}
