package io.sluice.soak;

import io.sluice.attack.FaultProxy;
import io.sluice.testkit.RawClient;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** What goes wrong: one thing after the other, a few seconds apart, as a seed has it. One thread uses it. */
final class Faults implements AutoCloseable {
    private static final int STALLED = 5;
    private static final int SMALL_BUFFER = 4096;

    private final FaultProxy network;
    private final int serverPort;
    private final String channel;
    private final Random random;
    private final Deque<RawClient> stalled = new ArrayDeque<>();
    private int strikes;
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    /** @param channel what readers that stall are subscribed to */
    Faults(FaultProxy network, int serverPort, String channel, long seed) {
        this.network = network;
        this.serverPort = serverPort;
        this.channel = channel;
        this.random = new Random(seed);
    }

    /** Seconds until the next one. */
    int pauseSeconds() {
        return 1 + random.nextInt(6);
    }

    /** The next one. */
    void strike() {
        network.refuse(false);
        switch (strikes++ % 4) {
            case 0 -> {
                network.cut();
                count("everybody cut at once");
            }
            case 1 -> {
                network.cutAfter(random.nextInt(400));
                count("everybody cut within a message");
            }
            case 2 -> {
                network.cut();
                network.refuse(true); // until the next fault
                count("nobody let in for seconds");
            }
            default -> stall();
        }
    }

    /** Readers that take nothing any more, while others take their place: those of before leave. */
    private void stall() {
        while (!stalled.isEmpty()) {
            stalled.remove().close();
        }
        for (int i = 0; i < STALLED; i++) {
            stalled.add(RawClient.connect(serverPort, SMALL_BUFFER)
                    .send("GET /v1/events?channel=" + channel + "&after=earliest HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        }
        count("readers that stall");
    }

    /** The way is free again. */
    void rest() {
        network.refuse(false);
    }

    void count(String fault) {
        counts.merge(fault, 1, Integer::sum);
    }

    /** How often each happened. */
    Map<String, Integer> counts() {
        return counts;
    }

    @Override
    public void close() {
        stalled.forEach(RawClient::close);
    }
}
