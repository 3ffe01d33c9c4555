package io.sluice.admin;

import io.sluice.auth.Identity;
import io.sluice.config.DataSize;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.http.HttpMetrics;
import io.sluice.http.HttpServer;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Hub;
import io.sluice.hub.HubChannel;
import io.sluice.hub.Payload;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The channel {@value #NAME} on which a server tells its {@link Figures} to who looks at its console: once a second while
 * somebody reads it, and nothing otherwise.
 *
 * <p>It is a channel like any other, of a hub of its own: no client of the edge can name it, and who looks does not count among
 * what is looked at.
 */
public final class FiguresChannel {
    private static final String NAME = "figures";
    private static final int KEPT = 120;

    private final Hub hub;
    private final Supplier<Figures> figures;
    private final ChannelName name = new ChannelName(NAME);

    /** Loaded when it is first needed: nobody may look. */
    private static final class Mapper {
        static final JsonMapper JSON = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
    }

    /**
     * Tells of one server on the hub of another.
     *
     * @param hub one with {@link #settings}
     * @param draining true once the watched server is going away
     */
    public static FiguresChannel of(Hub hub, Hub watched, HttpMetrics http, HttpServer edge, BooleanSupplier draining) {
        return new FiguresChannel(hub, () -> Figures.of(watched, http, edge, draining.getAsBoolean()));
    }

    /** @param figures read on the thread that calls {@link #tell} */
    FiguresChannel(Hub hub, Supplier<Figures> figures) {
        this.hub = hub;
        this.figures = figures;
    }

    /** The settings of the hub that this channel is in: two minutes in memory. */
    public static HubConfig settings() {
        return new HubConfig()
                .with(new NamespaceConfig()
                        .on("memory", NamespaceConfig.Durability.MEMORY)
                        .keeping(KEPT, DataSize.mib(1), Duration.ofSeconds(KEPT)));
    }

    /** Publishes the figures if somebody reads them. Called once a second by one thread. */
    public void tell() {
        if (hub.openChannels().stream().mapToInt(HubChannel::readers).sum() > 0) {
            var payload = Payload.json(Mapper.JSON.writeValueAsBytes(figures.get()));
            hub.publish(Identity.ANYBODY, name, new Draft(NAME, null, Map.of(), payload, null, null), stored -> {});
        }
        hub.sweep();
    }
}
