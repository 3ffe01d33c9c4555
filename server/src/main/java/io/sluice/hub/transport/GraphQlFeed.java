package io.sluice.hub.transport;

import graphql.schema.DataFetchingEnvironment;
import graphql.schema.idl.TypeRuntimeWiring;
import io.sluice.graphql.GraphQlErrors.RefusedField;
import io.sluice.graphql.Selection;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Outcome;
import io.sluice.hub.Publication;
import io.sluice.hub.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * What a subscription's arguments name: the channels to follow and where to begin in each. It stands where graphql-java
 * expects a publisher, but nobody subscribes to it: the hub's own subscriptions do the work, and each publication is executed
 * once for all who select the same of it.
 *
 * @param channels 1 to 100, without repetition
 * @param starts one for each channel
 */
record GraphQlFeed(List<ChannelName> channels, List<Start> starts) implements Publisher<Publication> {

    static TypeRuntimeWiring.Builder subscription(TypeRuntimeWiring.Builder type) {
        return type.dataFetcher("messages", GraphQlFeed::messages);
    }

    private static @Nullable Object messages(DataFetchingEnvironment field) {
        return field.getRoot() instanceof Selection.Event(var publication) ? publication : read(field);
    }

    private static GraphQlFeed read(DataFetchingEnvironment field) {
        List<String> texts = Objects.requireNonNull(field.getArgument("channels"));
        if (texts.isEmpty() || texts.size() > Cursor.MAX_CHANNELS) {
            throw new RefusedField(Problem.of(ClientError.BAD_REQUEST, "channels must be 1 to " + Cursor.MAX_CHANNELS)
                    .with("field", "channels")
                    .with("limit", Cursor.MAX_CHANNELS));
        }
        var channels = new ArrayList<ChannelName>();
        for (var text : texts) {
            var channel = GraphQlCaller.channel(text);
            if (!channels.contains(channel)) {
                channels.add(channel);
            }
        }
        String after = field.getArgument("after");
        return switch (Cursor.parse(after == null ? "latest" : after, channels)) {
            case Outcome.Refused<List<Start>>(var problem) -> throw new RefusedField(problem);
            case Outcome.Done<List<Start>>(var starts) -> new GraphQlFeed(List.copyOf(channels), starts);
        };
    }

    @Override
    public void subscribe(Subscriber<? super Publication> subscriber) {
        throw new IllegalStateException("a feed is read through the hub");
    }
}
