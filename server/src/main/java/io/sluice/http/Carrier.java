package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.Outlet;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** How one HTTP version carries one exchange at a time: framing and nothing else. Confined to its loop. */
interface Carrier {
    String version();

    /** Whose the connection is; its requests may be others'. */
    InetSocketAddress peer();

    boolean secure();

    /** Sends a whole response; takes {@code body} over. */
    void respond(int status, HttpHeaders fields, ByteBuf body, boolean bodiless);

    /** Sends a response head; a body follows unless {@code bodiless}. */
    void begin(int status, HttpHeaders fields, boolean bodiless);

    /** Sends body bytes; the caller keeps its reference. */
    void write(ByteBuf bytes);

    /** Where the bytes of the body that has begun leave with nothing around them; null where they are framed. */
    default @Nullable Outlet plainBody() {
        return null;
    }

    /** Ends the body. */
    void end(HttpHeaders trailers);

    /** Breaks the response off. */
    void abort();

    boolean writable();

    /** The exchange takes the next part of the request body; {@code mayPause}: no timeout watches over it. */
    void wantBody(boolean mayPause);

    /** Leaves HTTP after a 101 with {@code fields}; null where that does not exist. */
    @Nullable
    UpgradedConnection upgrade(String protocol, HttpHeaders fields);
}
