package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/** Takes a request body in parts. Called on the exchange's loop. */
public interface BodyReader {
    /**
     * Takes one part; the reader owns and releases it. No further part comes until {@code more} was run, which may happen
     * during this call or later on the loop: that is the back-pressure.
     */
    void part(ByteBuf bytes, Runnable more);

    /** True where the peer may be silent for as long as it likes between two parts: no timeout watches over the body. */
    default boolean mayPause() {
        return false;
    }

    /** The body is complete. {@code trailers} is empty when there were none. */
    void end(HttpHeaders trailers);

    /** The peer went away or broke the protocol before the end. Nothing follows. */
    void failed(Problem problem);
}
