package io.sluice.bench.compare;

import io.sluice.bench.Deliveries;
import io.sluice.bench.Dialect;
import io.sluice.bench.LoadSocket;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** nats-server by its WebSocket listener, without JetStream. */
final class NatsPeer implements Peer {
    private static final byte BINARY = (byte) 0x82;

    @Override
    public String name() {
        return "nats";
    }

    @Override
    public String what(Servers servers) throws IOException {
        return "nats-server " + servers.peers().debianVersion("nats-server")
                + " of Debian; its WebSocket listener, no compression, core subjects";
    }

    @Override
    public String promise() {
        return "nothing: core NATS delivers at most once (JetStream would keep, to consumers that a backend declares)";
    }

    @Override
    public ServerProcess start(Servers servers, boolean returning) throws IOException {
        var peers = servers.peers();
        var root = peers.debian(List.of("nats-server"));
        int port = ServerProcess.freePort();
        var file = peers.file("nats.conf", """
                listen: 127.0.0.1:%d
                max_connections: 30000
                websocket { listen: "127.0.0.1:%d", no_tls: true, compression: false }
                """.formatted(ServerProcess.freePort(), port));
        return peers.start(
                name(), port, List.of(root.resolve("usr/sbin/nats-server").toString(), "-c", file.toString()));
    }

    @Override
    public Dialect reader(Reading reading) {
        return new NatsDialect(reading, "SUB " + reading.channel() + " 1\r\n");
    }

    @Override
    public Dialect publisher(String host, String channel) {
        return new NatsDialect(new Reading(host, channel, new Deliveries()), "");
    }

    @Override
    public void publish(LoadSocket publisher, String channel, String data) throws IOException {
        send(publisher, "PUB " + channel + " " + data.length() + "\r\n" + data + "\r\n");
    }

    static void send(LoadSocket socket, String protocol) throws IOException {
        socket.send(LoadSocket.frame(BINARY, protocol.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public double pauseSeconds(int failures, double random) {
        return failures == 0 ? 0 : 2 + 0.1 * random;
    }

    @Override
    public String client() {
        return "nats.js: at once, then every 2 s and up to 0.1 s at random";
    }
}
