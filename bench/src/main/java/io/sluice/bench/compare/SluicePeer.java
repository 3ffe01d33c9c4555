package io.sluice.bench.compare;

import io.sluice.bench.Dialect;
import io.sluice.bench.LoadSocket;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import io.sluice.bench.SluiceProtocol;
import io.sluice.bench.SluiceSettings;
import io.sluice.bench.SubscribingDialect;
import java.io.IOException;

/** This server, with its defaults but for the limits of the one session that publishes for all. */
final class SluicePeer implements Peer {
    private static final int FIRST_CEILING_SECONDS = 1;
    private static final int CEILING_SECONDS = 30;

    @Override
    public String name() {
        return "sluice";
    }

    @Override
    public String what(Servers servers) {
        return "this build; WebSocket, disk engine, every message stored before it is delivered";
    }

    @Override
    public String promise() {
        return "resumes at its cursor; what is no longer held is told as a gap";
    }

    @Override
    public ServerProcess start(Servers servers, boolean returning) throws IOException {
        var settings = new SluiceSettings("disk").publishingFreely();
        return servers.start(name(), returning ? settings.admitting("1000/1s") : settings);
    }

    @Override
    public Dialect reader(Reading reading) {
        return new SubscribingDialect(reading);
    }

    @Override
    public Dialect publisher(String host, String channel) {
        return SluiceProtocol.WEB_SOCKET.publisher(host, channel);
    }

    @Override
    public void publish(LoadSocket publisher, String channel, String data) throws IOException {
        SluiceProtocol.WEB_SOCKET.publish(publisher, channel, data);
    }

    @Override
    public double pauseSeconds(int failures, double random) {
        return random * Math.min(CEILING_SECONDS, FIRST_CEILING_SECONDS << Math.min(failures, 5));
    }

    @Override
    public String client() {
        return "ours: up to 1 s at random, doubled after each failure; Retry-After is obeyed";
    }
}
