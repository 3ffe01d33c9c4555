package io.sluice.simulation;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.sluice.hub.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One publish over HTTP; answered once, or lost with its server. */
final class Publish implements Connection.Client {
    final String channel;
    final String data;
    final @Nullable String key;
    private final @Nullable Position ifNewest;
    private final Simulation world;
    private final long sentMillis;
    private final int faultsAtStart;
    private final Connection connection;
    private boolean over;

    /** @param ifNewest publish only if this is still the newest; null: whatever is */
    Publish(
            Simulation world,
            SimulatedServer server,
            String channel,
            String data,
            @Nullable String key,
            @Nullable Position ifNewest) {
        this.ifNewest = ifNewest;
        this.world = world;
        this.channel = channel;
        this.data = data;
        this.key = key;
        this.sentMillis = world.clock().now().toEpochMilli();
        this.faultsAtStart = world.faults();
        var fields = new DefaultHttpHeaders();
        fields.set("content-type", "application/json");
        if (key != null) {
            fields.set("idempotency-key", key);
        }
        if (ifNewest != null) {
            fields.set("if-match", "\"" + ifNewest + "\"");
        }
        world.said("publish %s to %s%s", data, channel, key == null ? "" : " with key " + key);
        connection = server.send(
                new SimulatedExchange.Request(
                        "POST",
                        "/v1/channels/" + channel + "/messages",
                        Map.of(),
                        fields,
                        data.getBytes(StandardCharsets.UTF_8)),
                this,
                world.random().nextInt(2),
                Integer.MAX_VALUE);
    }

    Connection connection() {
        return connection;
    }

    boolean isOver() {
        return over;
    }

    @Override
    public void answered(Connection.Answer answer) {
        over = true;
        if (answer.status() == 201) {
            var json = Reader.json(answer.body());
            var position = Reader.parsed(json.path("position").asString());
            var replayed = answer.fields().contains("idempotency-replayed");
            world.said("published %s to %s at %s%s", data, channel, position, replayed ? ", replayed" : "");
            Violation.unless(
                    ifNewest == null || position.equals(new Position(ifNewest.epoch(), ifNewest.offset() + 1)),
                    "what depends on the newest follows it",
                    data + " after " + ifNewest + " is at " + position);
            world.truth()
                    .acknowledged(
                            channel,
                            key,
                            position,
                            data,
                            Instant.parse(json.path("time").asString()).toEpochMilli(),
                            sentMillis,
                            replayed);
        } else if (ifNewest != null && answer.status() == 412) {
            world.said("refused %s to %s: %s is not the newest", data, channel, ifNewest);
        } else {
            var why = new String(answer.body(), StandardCharsets.UTF_8);
            world.said("refused %s to %s: %s", data, channel, why);
            world.excused(faultsAtStart, "a publish is refused only with a reason", why);
        }
    }

    @Override
    public void received(byte[] bytes) {
        throw new Violation("a publish is answered as a whole", data);
    }

    @Override
    public void ended() {
        over = true;
    }
}
