package io.sluice.hub.transport;

import graphql.GraphQLError;
import io.netty.buffer.ByteBuf;
import io.sluice.hub.Disconnect;
import io.sluice.net.Outlet;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the results of one operation leave, in its protocol's idiom. Confined to its loop. */
interface GraphQlResponder {
    boolean writable();

    /**
     * Sends one result for each unit of {@code units}, see {@link io.sluice.hub.wire.GraphQlWire}. The caller keeps its
     * reference.
     *
     * @param ending what each result ends with: at least its closing brace
     */
    void next(ByteBuf units, byte[] ending);

    /** Where units leave as {@link #next(ByteBuf, byte[])} with nothing but a brace would send them; null when only that can. */
    default @Nullable Outlet outlet() {
        return null;
    }

    /** Sends one result that lacks its closing brace, and {@code ending}. */
    void next(byte[] open, byte[] ending);

    /** Sends one whole result. */
    void next(byte[] result);

    /** Says why the operation was not executed; nothing follows. */
    void error(List<? extends GraphQLError> errors);

    /** Says that nothing follows. */
    void complete();

    /** Ends the whole connection once {@code wait} has passed, since the server is going away. */
    void drain(Duration wait);

    /** Ends the whole connection. */
    void disconnect(Disconnect why);
}
