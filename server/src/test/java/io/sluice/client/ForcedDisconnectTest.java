package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.attack.FaultProxy;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Five hundred cuts, in the middle of messages and handshakes, through a network that forgets transports. */
class ForcedDisconnectTest {
    private static final int CUTS = 500;
    private static final List<String> CHANNELS = List.of("a", "b:1", "c:two");
    private static final List<String> PATHS = List.of("/v1/ws", "/v1/events");

    @Test
    void nothingIsLostAndNothingComesTwice() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        var random = new Random(seed);
        Set<Transport> used = ConcurrentHashMap.newKeySet();
        Map<String, List<String>> sent = new HashMap<>();
        Map<String, List<String>> received = new HashMap<>();

        int cuts = 0;
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port());
                var publisher = SluiceClient.connect(server.uri("").toString());
                var client = reader(proxy, used)) {
            for (var channel : CHANNELS) {
                sent.put(channel, new ArrayList<>());
                var list = new CopyOnWriteArrayList<String>();
                received.put(channel, list);
                client.channel(channel).subscribe("earliest", new Recorder(list));
            }
            int number = 0;
            while (cuts < CUTS) {
                if (random.nextInt(4) == 0) {
                    Eventually.holds(() -> received.equals(sent));
                }
                if (random.nextInt(8) == 0) {
                    proxy.cutAfter(random.nextInt(600));
                }
                for (int i = random.nextInt(4); i > 0; i--) {
                    var channel = CHANNELS.get(random.nextInt(CHANNELS.size()));
                    var data = String.valueOf(number++);
                    publisher.channel(channel).publish(data);
                    sent.computeIfAbsent(channel, name -> new ArrayList<>()).add(data);
                }
                proxy.doesNotKnow(random.nextInt(3) == 0 ? Set.of() : someOf(random));
                Eventually.holds(() -> proxy.connections() > 0);
                cuts += proxy.cut();
            }
            proxy.doesNotKnow(Set.of());
            Eventually.holds(() -> received.equals(sent));
        } finally {
            System.out.println("forced disconnects: seed=" + seed + " cuts=" + cuts + " transports=" + used
                    + " messages=" + sent.values().stream().mapToInt(List::size).sum());
        }

        assertThat(received).as("seed " + seed).isEqualTo(sent);
        assertThat(used).as("seed " + seed).containsAll(EnumSet.of(Transport.WEBSOCKET, Transport.SSE));
        assertThat(used).as("seed " + seed).hasSizeGreaterThan(2);
    }

    private static SluiceClient reader(FaultProxy proxy, Set<Transport> used) {
        return SluiceClient.at(proxy.uri().toString())
                .maxRetries(Integer.MAX_VALUE)
                .pollInterval(Duration.ofMillis(5))
                .timing(new Quick(0.001))
                .onState(state -> {
                    if (state instanceof ConnectionState.Live(var transport)) {
                        used.add(transport);
                    }
                })
                .connect();
    }

    private static Set<String> someOf(Random random) {
        var some = new HashSet<String>();
        PATHS.forEach(path -> {
            if (random.nextBoolean()) {
                some.add(path);
            }
        });
        return some;
    }

    /** Writes down what comes; a gap is a loss. */
    private record Recorder(List<String> list) implements SubscriptionListener {
        @Override
        public void onPublication(Publication publication) {
            list.add(publication.data());
        }

        @Override
        public void onGap(Gap gap) {
            list.add(gap.toString());
        }

        @Override
        public void onEnded(SluiceException why) {
            list.add(why.toString());
        }
    }
}
