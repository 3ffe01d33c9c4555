package io.sluice.hub.transport;

import graphql.schema.DataFetchingEnvironment;
import io.sluice.auth.Identity;
import io.sluice.graphql.GraphQlErrors.RefusedField;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Gap;
import io.sluice.hub.Hub;
import io.sluice.hub.Outcome;
import io.sluice.hub.ReadMarkers;
import io.sluice.net.Loop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.dataloader.BatchLoader;
import org.dataloader.DataLoaderFactory;
import org.dataloader.DataLoaderRegistry;
import org.dataloader.Try;

/**
 * Who asks in one execution, and how its fields ask the hub: answers that come on a loop go on elsewhere, so that loops do
 * not assemble results. What one execution asks twice of one channel is asked once. Thread-safe.
 */
final class GraphQlCaller {
    private static final String SUMMARIES = "summaries";
    private static final String PRESENCES = "presences";
    private static final String MARKERS = "markers";

    private final Transports.Context context;
    private final Identity identity;
    private final Loop loop;
    private final Executor executor;
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();

    GraphQlCaller(Transports.Context context, Identity identity, Loop loop, Executor executor) {
        this.context = context;
        this.identity = identity;
        this.loop = loop;
        this.executor = executor;
    }

    static GraphQlCaller of(DataFetchingEnvironment field) {
        return field.getGraphQlContext().get(GraphQlCaller.class);
    }

    /** What the fetchers find this under. */
    Map<?, Object> asContext() {
        return Map.of(GraphQlCaller.class, this);
    }

    Hub hub() {
        return context.hub();
    }

    ReadMarkers markers() {
        return context.markers();
    }

    Identity identity() {
        return identity;
    }

    Loop loop() {
        return loop;
    }

    /** What a read of this execution will never find; told in the result's extensions. */
    void missing(Gap gap) {
        gaps.add(gap);
    }

    List<Gap> gaps() {
        return gaps;
    }

    /** The loaders of one execution. */
    DataLoaderRegistry loaders() {
        var registry = new DataLoaderRegistry();
        registry.register(
                SUMMARIES,
                DataLoaderFactory.newDataLoaderWithTry(this.<Hub.Summary>batched(
                        (channel, answer) -> hub().summary(identity, channel, loop, answer))));
        registry.register(
                PRESENCES,
                DataLoaderFactory.newDataLoaderWithTry(this.<List<Hub.Member>>batched(
                        (channel, answer) -> hub().presence(identity, channel, loop, answer))));
        registry.register(
                MARKERS,
                DataLoaderFactory.newDataLoaderWithTry(this.<ReadMarkers.Marker>batched(
                        (channel, answer) -> markers().get(identity, channel, loop, answer))));
        return registry;
    }

    static CompletableFuture<Hub.Summary> summary(DataFetchingEnvironment field, ChannelName channel) {
        return load(field, SUMMARIES, channel);
    }

    static CompletableFuture<List<Hub.Member>> presence(DataFetchingEnvironment field, ChannelName channel) {
        return load(field, PRESENCES, channel);
    }

    static CompletableFuture<ReadMarkers.Marker> marker(DataFetchingEnvironment field, ChannelName channel) {
        return load(field, MARKERS, channel);
    }

    private static <T> CompletableFuture<T> load(DataFetchingEnvironment field, String name, ChannelName channel) {
        var loader = field.<ChannelName, T>getDataLoader(name);
        if (loader == null) {
            throw new IllegalStateException("no loader of " + name);
        }
        return loader.load(channel);
    }

    /** A question about one channel. */
    private interface Question<T> {
        void ask(ChannelName channel, Consumer<Outcome<T>> answer);
    }

    private <T> BatchLoader<ChannelName, Try<T>> batched(Question<T> question) {
        return channels -> {
            var answers = channels.stream()
                    .map(channel -> Try.tryFuture(this.<T>ask(answer -> question.ask(channel, answer))))
                    .toList();
            return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                    .thenApply(
                            all -> answers.stream().map(CompletableFuture::join).toList());
        };
    }

    /** Asks the hub. */
    <T> CompletableFuture<T> ask(Consumer<Consumer<Outcome<T>>> question) {
        var answer = new CompletableFuture<T>();
        question.accept(outcome -> executor.execute(() -> {
            switch (outcome) {
                case Outcome.Done<T>(var value) -> answer.complete(value);
                case Outcome.Refused<T>(var problem) -> answer.completeExceptionally(new RefusedField(problem));
            }
        }));
        return answer;
    }

    /** The channel that a field's argument names. */
    static ChannelName channel(DataFetchingEnvironment field, String argument) {
        return channel(field.<String>getArgument(argument));
    }

    static ChannelName channel(@org.jspecify.annotations.Nullable String text) {
        var name = text == null ? null : ChannelName.parse(text);
        if (name == null) {
            throw new RefusedField(Problem.of(ClientError.BAD_CHANNEL, "the channel name " + ChannelName.RULE)
                    .with("field", "channel"));
        }
        return name;
    }

    static RefusedField refused(ClientError error, String detail, String field) {
        return new RefusedField(Problem.of(error, detail).with("field", field));
    }
}
