package io.sluice.hub.transport;

import graphql.schema.DataFetchingEnvironment;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.TypeRuntimeWiring;
import io.sluice.graphql.GraphQlRequest;
import io.sluice.http.ClientError;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Outcome;
import io.sluice.hub.Payload;
import io.sluice.hub.Position;
import io.sluice.hub.ReadMarkers;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What mutations do: publish, signal, move a read marker. */
final class GraphQlMutations {
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private GraphQlMutations() {}

    static TypeRuntimeWiring.Builder mutation(TypeRuntimeWiring.Builder type) {
        return type.dataFetcher("publish", GraphQlMutations::publish)
                .dataFetcher("signal", GraphQlMutations::signal)
                .dataFetcher("markRead", GraphQlMutations::markRead);
    }

    /** Wires the types of what mutations give. */
    static void results(RuntimeWiring.Builder wiring) {
        GraphQlSchema.<Published>type(
                wiring,
                "Published",
                Map.of(
                        "channel",
                        published -> published.channel.value(),
                        "position",
                        Published::position,
                        "time",
                        Published::time,
                        "replayed",
                        Published::replayed));
        GraphQlSchema.<ChannelName>type(wiring, "Signalled", Map.of("channel", ChannelName::value));
    }

    private static CompletableFuture<Published> publish(DataFetchingEnvironment field) {
        var caller = GraphQlCaller.of(field);
        var channel = GraphQlCaller.channel(field, "channel");
        var draft = draft(field, caller);
        return caller.ask(answer -> caller.hub().publish(caller.identity(), channel, draft, appended -> {
            switch (appended) {
                case Appended.Stored(var position, var time) ->
                    answer.accept(new Outcome.Done<>(new Published(channel, position, time, false)));
                case Appended.Replayed(var position, var time) ->
                    answer.accept(new Outcome.Done<>(new Published(channel, position, time, true)));
                case Appended.Refused(var problem) -> answer.accept(new Outcome.Refused<>(problem));
            }
        }));
    }

    private static Draft draft(DataFetchingEnvironment field, GraphQlCaller caller) {
        String event = field.getArgument("event");
        String newest = field.getArgument("ifNewest");
        var ifNewest = newest == null ? null : Position.parse(newest);
        if (newest != null && ifNewest == null) {
            throw GraphQlCaller.refused(ClientError.BAD_CURSOR, "ifNewest is not one of our positions", "ifNewest");
        }
        return new Draft(
                event == null ? Draft.DEFAULT_EVENT : event,
                caller.identity().user(),
                headers(field.getArgument("headers")),
                Payload.json(json(field)),
                field.getArgument("idempotencyKey"),
                ifNewest);
    }

    private static Map<String, String> headers(@Nullable List<Map<String, String>> given) {
        var headers = new LinkedHashMap<String, String>();
        if (given != null) {
            for (var header : given) {
                headers.put(Objects.requireNonNull(header.get("name")), Objects.requireNonNull(header.get("value")));
            }
        }
        return headers;
    }

    private static CompletableFuture<ChannelName> signal(DataFetchingEnvironment field) {
        var caller = GraphQlCaller.of(field);
        var channel = GraphQlCaller.channel(field, "channel");
        var event = Objects.requireNonNull(field.<String>getArgument("event"));
        var data = json(field);
        return caller.ask(answer -> caller.hub()
                .signal(
                        caller.identity(),
                        channel,
                        event,
                        data,
                        problem -> answer.accept(
                                problem == null ? new Outcome.Done<>(channel) : new Outcome.Refused<>(problem))));
    }

    private static CompletableFuture<ReadMarkers.Marker> markRead(DataFetchingEnvironment field) {
        var caller = GraphQlCaller.of(field);
        var channel = GraphQlCaller.channel(field, "channel");
        var position = Position.parse(Objects.requireNonNull(field.<String>getArgument("position")));
        if (position == null) {
            throw GraphQlCaller.refused(ClientError.BAD_CURSOR, "position is not one of ours", "position");
        }
        return caller.ask(answer -> caller.markers().move(caller.identity(), channel, position, caller.loop(), answer));
    }

    /** The bytes of the argument {@code data}; JSON's null where there is none. */
    private static byte[] json(DataFetchingEnvironment field) {
        Object data = field.getArgument("data");
        return data == null ? NULL : GraphQlRequest.toJson(data);
    }

    private record Published(ChannelName channel, Position position, Instant time, boolean replayed) {}
}
