package io.sluice.hub.transport;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.auth.OriginPolicy;
import io.sluice.config.EdgeConfig;
import io.sluice.config.WebhooksConfig;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import io.sluice.hub.Callers;
import io.sluice.hub.Hub;
import io.sluice.hub.KeyedState;
import io.sluice.hub.ReadMarkers;
import io.sluice.net.Loop;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every client protocol, in the order of preference that the documentation gives. */
public final class Transports {
    public static final List<Type> ALL = List.of(
            new Type("websocket", WebSocketTransport::new),
            new Type("sse", SseTransport::new),
            new Type("grpc", GrpcTransport::new),
            new Type("graphql", GraphQlTransport::new),
            new Type("poll", PollTransport::new),
            new Type("webhook", WebhookTransport::new, false));

    private Transports() {}

    /**
     * One protocol: its name and its constructor.
     *
     * @param opened true when clients open it; false when the server calls its readers
     */
    public record Type(String name, Constructor constructor, boolean opened) {
        private Type(String name, Constructor constructor) {
            this(name, constructor, true);
        }
    }

    /** Makes a transport. */
    @FunctionalInterface
    public interface Constructor {
        Transport create(Context context);
    }

    /**
     * What every transport is given.
     *
     * @param origins which pages may open a WebSocket
     * @param webhooks gives their settings, some of which may change
     * @param state where what outlives the process, as far as anything does, is kept
     * @param draining true once the server is going away: new sessions are refused with 503
     */
    public record Context(
            Hub hub,
            Callers callers,
            ReadMarkers markers,
            EdgeConfig edge,
            OriginPolicy origins,
            Supplier<WebhooksConfig> webhooks,
            KeyedState state,
            List<Loop> loops,
            ByteBufAllocator allocator,
            BooleanSupplier draining) {
        /** Why no new session may begin here, null when one may. */
        @Nullable
        Problem leaving() {
            return draining.getAsBoolean()
                    ? Problem.of(ClientError.DRAINING, "this server is going away: connect again")
                            .retryAfter(Duration.ofSeconds(1))
                    : null;
        }

        /** Refuses {@code exchange} when no new session may begin here: then it is answered. */
        boolean refusesNew(HttpExchange exchange) {
            var why = leaving();
            if (why != null) {
                exchange.refuse(why);
            }
            return why != null;
        }
    }
}
