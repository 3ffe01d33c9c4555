package io.sluice.graphql;

import io.sluice.graphql.GraphQlEngine.Operable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription selects of each event: the same for all readers whose keys are equal, however they say which events they
 * want. Thread-safe.
 */
public final class Selection {
    /** Stands in a key for a variable that is JSON's null. */
    static final Object NULL = "\0null";

    private final GraphQlEngine engine;
    private final Operable operable;
    private final Key key;

    Selection(GraphQlEngine engine, Operable operable, Key key) {
        this.engine = engine;
        this.operable = operable;
        this.key = key;
    }

    /** What makes two selections the same: the text, the operation and the variables that its events depend on. */
    public record Key(String text, @Nullable String operation, Map<String, Object> variables) {}

    /**
     * The root of an execution for one event.
     *
     * @param value what the subscription's root field gives; null for no event
     */
    public record Event(@Nullable Object value) {}

    public Key key() {
        return key;
    }

    /** The result for one event, or with null for the absence of one. The fetchers of what is selected must not wait. */
    public GraphQlResult of(@Nullable Object event) {
        return engine.executeEvent(operable, new Event(event));
    }
}
