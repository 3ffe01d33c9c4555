package io.sluice.net;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whose a connection is: the address that a PROXY header told, else the socket's own. Everything that asks a connection for its
 * address asks here; a request's may be another still, where its proxy names one in a field.
 *
 * <p>It is an attribute, since a socket's {@code remoteAddress} is the kernel's and cannot be told otherwise; it costs nothing where no
 * header came.
 */
public final class ClientAddress {
    private static final AttributeKey<InetSocketAddress> TOLD = AttributeKey.valueOf(ClientAddress.class, "told");

    private ClientAddress() {}

    /** Null once the socket is gone and nobody has asked before. */
    public static @Nullable InetSocketAddress of(Channel socket) {
        if (socket.hasAttr(TOLD)) {
            return socket.attr(TOLD).get();
        }
        return socket.remoteAddress() instanceof InetSocketAddress own ? own : null;
    }

    static void tell(Channel socket, InetSocketAddress client) {
        socket.attr(TOLD).set(client);
    }
}
