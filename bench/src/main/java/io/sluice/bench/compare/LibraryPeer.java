package io.sluice.bench.compare;

import io.sluice.bench.Dialect;
import io.sluice.bench.LoadSocket;
import io.sluice.bench.SluiceProtocol;
import io.sluice.bench.SubscribingDialect;
import java.io.IOException;

/**
 * A WebSocket library: the load tool's script makes it a server that knows two commands, and its messages are the bare data, which is the
 * least that any server can send.
 */
interface LibraryPeer extends Peer {
    @Override
    default String promise() {
        return "nothing: what was sent in between is gone";
    }

    @Override
    default Dialect reader(Reading reading) {
        return new SubscribingDialect(reading);
    }

    @Override
    default Dialect publisher(String host, String channel) {
        return SluiceProtocol.WEB_SOCKET.publisher(host, channel);
    }

    @Override
    default void publish(LoadSocket publisher, String channel, String data) throws IOException {
        SluiceProtocol.WEB_SOCKET.publish(publisher, channel, data);
    }

    @Override
    default double pauseSeconds(int failures, double random) {
        return (1 + 4 * random) * Math.pow(1.3, failures);
    }

    @Override
    default String client() {
        return "reconnecting-websocket: 1 to 5 s at random, 1.3 times as long after each failure";
    }
}
