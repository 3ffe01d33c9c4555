package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Identity;
import io.sluice.config.HubConfig;
import io.sluice.http.ClientError;
import io.sluice.hub.log.SimulatedDisk;
import io.sluice.observe.Metrics;
import io.sluice.testkit.LogLines;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happened in a hub, as scrapers, the console and the log are told. */
final class HubMetricsTest {
    private static final ChannelName CHANNEL = new ChannelName("room:1");

    private final HubWorld world = new HubWorld();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void everyCountIsScraped() {
        try (var metrics = new Metrics()) {
            world.hub.metrics().export(metrics, world.hub, List.of("test", "sse"));
            var reader = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
            var slow = world.subscribed(HubWorld.user("bob"), 1, CHANNEL);
            slow.writable = false;
            publish("k");
            publish("k");
            publish("");
            publish(null);
            world.hub.signal(Identity.ANYBODY, CHANNEL, "typing", new byte[0], refusal -> {});
            reader.session().close();

            assertThat(metrics.scrape(null).text())
                    .contains("\nsluice_hub_publications_total 2.0\n")
                    .contains("\nsluice_hub_publish_replays_total 1.0\n")
                    .contains("\nsluice_hub_publish_refusals_total 1.0\n")
                    .contains("\nsluice_hub_deliveries_total 2.0\n")
                    .contains("\nsluice_hub_signals_total 1.0\n")
                    .contains("\nsluice_hub_gaps_total 0.0\n")
                    .contains("\nsluice_hub_sessions_opened_total{transport=\"test\"} 2.0\n")
                    .contains("\nsluice_hub_sessions_closed_total{transport=\"test\"} 1.0\n")
                    .contains("\nsluice_hub_sessions_opened_total{transport=\"sse\"} 0.0\n")
                    .contains("\nsluice_hub_sessions 1.0\n")
                    .contains("\nsluice_hub_channels 1.0\n")
                    .contains("\nsluice_hub_readers_behind 1.0\n")
                    .contains("\nsluice_hub_lag_publications 2.0\n")
                    .contains("\nsluice_hub_publish_seconds_count 2\n")
                    .contains("\nsluice_hub_fanout_seconds_count 2\n");
            assertThat(world.hub.metrics().deliveries()).isEqualTo(2);
            assertThat(world.hub.metrics().sessions())
                    .as("of transports that were ever used")
                    .isEqualTo(Map.of("test", 1L));
        }
    }

    @Test
    void refusalsOfSessionsAreCountedByCodeAndThoseOfRightsAreLogged() {
        var session = world.connected(HubWorld.user("alice"), 0).session();
        var refusals = world.hub.refusals();

        List<String> lines;
        try (var log = new LogLines()) {
            refusals.refused(session, ClientError.FORBIDDEN);
            refusals.refused(session, ClientError.FORBIDDEN);
            refusals.refused(session, ClientError.BAD_REQUEST);
            refusals.disconnected(session, Disconnect.TOO_SLOW);
            lines = log.all();
        }

        var counts = new EnumMap<ClientError, Long>(ClientError.class);
        refusals.forEach(counts::put);
        var ends = new EnumMap<Disconnect, Long>(Disconnect.class);
        refusals.forEachDisconnect(ends::put);
        assertThat(counts).isEqualTo(Map.of(ClientError.FORBIDDEN, 2L, ClientError.BAD_REQUEST, 1L));
        assertThat(ends).isEqualTo(Map.of(Disconnect.TOO_SLOW, 1L));
        assertThat(refusals.count(ClientError.FORBIDDEN)).isEqualTo(2);
        assertThat(refusals.count(ClientError.RATE_LIMITED)).isZero();
        assertThat(lines.stream().filter(line -> line.contains(session.id())))
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).contains("refused code=forbidden transport=test"))
                .anySatisfy(line -> assertThat(line).contains("disconnected reason=TOO_SLOW code=4429 transport=test"));
    }

    @Test
    void refusalsAndEndsAreScrapedByTheirWords() {
        var session = world.connected(HubWorld.user("alice"), 0).session();
        try (var metrics = new Metrics()) {
            world.hub.metrics().export(metrics, world.hub, List.of());
            world.hub.refusals().refused(session, ClientError.RATE_LIMITED);
            world.hub.refusals().disconnected(session, Disconnect.GOING_AWAY);

            assertThat(metrics.scrape(null).text())
                    .contains("\nsluice_hub_refusals_total{code=\"rate-limited\"} 1.0\n")
                    .contains("\nsluice_hub_refusals_total{code=\"forbidden\"} 0.0\n")
                    .contains("\nsluice_hub_disconnects_total{reason=\"going_away\"} 1.0\n");
        }
    }

    @Test
    void aPublishIsTimedFromItsCallUntilItIsStored() {
        var disk = new SimulatedDisk();
        try (var metrics = new Metrics();
                var onDisk = new HubWorld(new HubConfig(), disk::start, null)) {
            onDisk.hub.metrics().export(metrics, onDisk.hub, List.of());
            onDisk.publish(CHANNEL, "1"); // which opens the channel
            onDisk.after(Duration.ofSeconds(1));

            onDisk.hub.publish(
                    Identity.ANYBODY,
                    CHANNEL,
                    Draft.of(Payload.json("1".getBytes(StandardCharsets.US_ASCII))),
                    answer -> {});
            onDisk.after(Duration.ofMillis(3));

            assertThat(onDisk.hub.metrics().publishTime()).isNotNull().satisfies(time -> {
                assertThat(time.count()).isEqualTo(2);
                assertThat(time.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(3);
            });
        }
    }

    /** With a key; an empty one is refused, null for none. */
    private void publish(@org.jspecify.annotations.Nullable String key) {
        var draft = Draft.of(Payload.json("1".getBytes(StandardCharsets.US_ASCII)));
        world.hub.publish(Identity.ANYBODY, CHANNEL, key == null ? draft : draft.withKey(key), answer -> {});
        world.settle();
    }
}
