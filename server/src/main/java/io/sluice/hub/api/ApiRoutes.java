package io.sluice.hub.api;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.http.HttpRoutes;
import io.sluice.hub.Callers;
import io.sluice.hub.Hub;
import io.sluice.hub.ReadMarkers;
import java.util.List;

/** Every route of the hub that is no transport, in the order of the contract. */
public final class ApiRoutes {
    public static final List<Adder> ALL =
            List.of(PublishRoute::addTo, BatchRoute::addTo, ChannelRoute::addTo, TicketRoute::addTo);

    private ApiRoutes() {}

    /** Adds routes to the edge listener. */
    @FunctionalInterface
    public interface Adder {
        void addTo(HttpRoutes routes, Context context);
    }

    /** What every route is given. */
    public record Context(Hub hub, Callers callers, ReadMarkers markers, ByteBufAllocator allocator) {}
}
