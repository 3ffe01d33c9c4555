package io.sluice.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.Outlet;

/** A response whose body leaves in parts. As an {@link Outlet}, {@link #close()} ends the body without trailers. */
public interface ResponseStream extends Outlet {
    /** Ends the body with trailer fields; where the version or framing cannot carry them they are dropped. */
    void end(HttpHeaders trailers);

    /** Breaks the response off so that the peer can tell it is incomplete: RST_STREAM, or a closed connection. */
    void abort();
}
