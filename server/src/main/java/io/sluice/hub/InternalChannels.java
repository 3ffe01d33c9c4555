package io.sluice.hub;

import io.sluice.auth.InternalChannel;
import io.sluice.config.DataSize;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.LagPolicy;
import java.util.HashMap;
import java.util.List;

/** The settings of the servers' own channels: on the engine of the namespace {@code default}, as durable as that is. */
public final class InternalChannels {
    /** Servers that append at the same time may each find the last free place: nothing is evicted for it. */
    private static final int RACING = 1_000;

    private static final int BYTES_PER_ENTRY = 2_048;

    private InternalChannels() {}

    /** {@code hub} with a namespace for each of these channels. */
    public static HubConfig reserve(HubConfig hub, List<InternalChannel.Bounds> channels) {
        var all = new HashMap<>(hub.namespaces());
        var like = hub.namespace("default");
        for (var bounds : channels) {
            all.put(ChannelName.internal(bounds.name()).namespace(), settings(like, bounds));
        }
        return hub.with(all);
    }

    private static NamespaceConfig settings(NamespaceConfig like, InternalChannel.Bounds bounds) {
        int most = bounds.most() + RACING;
        return new NamespaceConfig(
                like.engine(),
                like.durability(),
                most,
                new DataSize((long) most * BYTES_PER_ENTRY),
                bounds.age(),
                bounds.keys(),
                LagPolicy.CATCH_UP,
                most,
                false);
    }
}
