package io.sluice.hub.transport;

import graphql.schema.DataFetchingEnvironment;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.TypeRuntimeWiring;
import io.sluice.graphql.GraphQlErrors.RefusedField;
import io.sluice.http.ClientError;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Outcome;
import io.sluice.hub.Page;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import io.sluice.hub.ReadRequest;
import io.sluice.hub.Start;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What queries ask: a channel, its history and who is there. */
final class GraphQlQueries {
    /** The fields that give as many children as their {@code first} says. */
    static final Map<String, Integer> PAGED = Map.of("history", ReadRequest.DEFAULT_LIMIT);

    private GraphQlQueries() {}

    static TypeRuntimeWiring.Builder query(TypeRuntimeWiring.Builder type) {
        return type.dataFetcher("channel", field -> GraphQlCaller.channel(field, "name"));
    }

    static TypeRuntimeWiring.Builder channel(TypeRuntimeWiring.Builder type) {
        return type.dataFetcher("name", field -> source(field).value())
                .dataFetcher(
                        "newest",
                        field -> GraphQlCaller.summary(field, source(field)).thenApply(summary -> summary.newest()))
                .dataFetcher(
                        "oldest",
                        field -> GraphQlCaller.summary(field, source(field)).thenApply(summary -> summary.oldest()))
                .dataFetcher(
                        "messages",
                        field -> GraphQlCaller.summary(field, source(field))
                                .thenApply(summary -> GraphQlSchema.atMostInt(summary.messages())))
                .dataFetcher(
                        "subscribers",
                        field ->
                                GraphQlCaller.summary(field, source(field)).thenApply(summary -> summary.subscribers()))
                .dataFetcher("presence", field -> GraphQlCaller.presence(field, source(field)))
                .dataFetcher("read", field -> GraphQlCaller.marker(field, source(field)))
                .dataFetcher("history", GraphQlQueries::history);
    }

    /** Wires the types of a cursor connection. */
    static void pages(RuntimeWiring.Builder wiring) {
        GraphQlSchema.<Page>type(
                wiring,
                "PublicationConnection",
                Map.of("edges", Page::publications, "pageInfo", page -> page, "gap", Page::gap));
        GraphQlSchema.<Publication>type(
                wiring, "PublicationEdge", Map.of("cursor", Publication::position, "node", publication -> publication));
        wiring.type(
                "PageInfo",
                type -> type.dataFetcher(
                                "hasNextPage",
                                field -> page(field).position().offset()
                                        < page(field).newest().offset())
                        .dataFetcher("hasPreviousPage", GraphQlQueries::hasPreviousPage)
                        .dataFetcher("startCursor", field -> {
                            var found = page(field).publications();
                            return found.isEmpty() ? null : found.getFirst().position();
                        })
                        .dataFetcher("endCursor", field -> page(field).position()));
    }

    private static CompletableFuture<Boolean> hasPreviousPage(DataFetchingEnvironment field) {
        var page = page(field);
        long first = page.publications().isEmpty()
                ? page.position().offset() + 1
                : page.publications().getFirst().offset();
        return GraphQlCaller.summary(field, page.channel())
                .thenApply(summary -> first > summary.oldest().offset());
    }

    private static CompletableFuture<Page> history(DataFetchingEnvironment field) {
        var caller = GraphQlCaller.of(field);
        var channel = source(field);
        var request = request(field, channel);
        return caller.<Page>ask(answer -> caller.hub().read(caller.identity(), channel, request, caller.loop(), answer))
                .thenApply(page -> {
                    if (page.gap() != null) {
                        caller.missing(page.gap());
                    }
                    return page;
                });
    }

    private static ReadRequest request(DataFetchingEnvironment field, ChannelName channel) {
        String after = field.getArgument("after");
        String before = field.getArgument("before");
        Integer first = field.getArgument("first");
        if (after != null && before != null) {
            throw GraphQlCaller.refused(ClientError.BAD_CURSOR, "before does not go with after", "before");
        }
        if (first != null && first < 1) {
            throw GraphQlCaller.refused(ClientError.BAD_REQUEST, "first must be at least 1", "first");
        }
        var end = before == null ? null : Position.parse(before);
        if (before != null && end == null) {
            throw GraphQlCaller.refused(ClientError.BAD_CURSOR, "before is not one of our positions", "before");
        }
        int limit = first == null ? ReadRequest.DEFAULT_LIMIT : Math.min(first, ReadRequest.MAX_LIMIT);
        return new ReadRequest(after == null ? null : start(after, channel), end, limit);
    }

    private static @Nullable Start start(String after, ChannelName channel) {
        return switch (Cursor.parse(after, List.of(channel))) {
            case Outcome.Refused<List<Start>>(var problem) -> throw new RefusedField(problem);
            case Outcome.Done<List<Start>>(var starts) -> starts.getFirst();
        };
    }

    private static ChannelName source(DataFetchingEnvironment field) {
        return Objects.requireNonNull(field.<ChannelName>getSource());
    }

    private static Page page(DataFetchingEnvironment field) {
        return Objects.requireNonNull(field.<Page>getSource());
    }
}
