package io.sluice.simulation;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.fuzz.FuzzTarget;
import io.sluice.http.FuzzedConnection;
import io.sluice.http.FuzzedResponses;
import io.sluice.http.HttpSettings;
import io.sluice.testkit.ManualClock;

/** The bytes of a connection to a whole hub, with all that it answers over HTTP and WebSocket: every refusal has a code. */
public final class ServerFuzz implements FuzzTarget {
    @Override
    public void run(byte[] input) {
        var clock = new ManualClock();
        var server = FuzzedHub.start(clock);
        try (var connection = new FuzzedConnection(server.routes(), new HttpSettings(), server.loops, clock)) {
            connection.receive(input, Math.max(1, input.length));
            FuzzedHub.settle(server);
            connection.settle();
            FuzzedResponses.read(connection.sent());
        }
        FuzzedHub.stop(server);
        check(server.memory.live() == 0, server.memory.live() + " buffers were not given back");
    }
}
