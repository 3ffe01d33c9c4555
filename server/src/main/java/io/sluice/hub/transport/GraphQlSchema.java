package io.sluice.hub.transport;

import graphql.GraphQLContext;
import graphql.execution.CoercedVariables;
import graphql.language.ArrayValue;
import graphql.language.BooleanValue;
import graphql.language.EnumValue;
import graphql.language.FloatValue;
import graphql.language.IntValue;
import graphql.language.NullValue;
import graphql.language.ObjectValue;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.language.VariableReference;
import graphql.schema.Coercing;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeRuntimeWiring;
import io.sluice.graphql.RawJson;
import io.sluice.http.JsonText;
import io.sluice.hub.Gap;
import io.sluice.hub.Hub;
import io.sluice.hub.Payload;
import io.sluice.hub.Publication;
import io.sluice.hub.ReadMarkers;
import io.sluice.hub.wire.GraphQlWire;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The schema in {@code graphql/sluice.graphqls} with what fetches each of its fields. */
final class GraphQlSchema {
    private GraphQlSchema() {}

    /** Reads and wires the schema; takes some hundred milliseconds. */
    static GraphQLSchema build() {
        try (var in = Objects.requireNonNull(GraphQlSchema.class.getResourceAsStream("/graphql/sluice.graphqls"));
                var text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            return new SchemaGenerator().makeExecutableSchema(new SchemaParser().parse(text), wiring());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static RuntimeWiring wiring() {
        var wiring = RuntimeWiring.newRuntimeWiring()
                .scalar(scalar("JSON", "Any JSON value.", new AnyJson()))
                .scalar(scalar("DateTime", "A point in time.", new Time()))
                .type("Query", GraphQlQueries::query)
                .type("Channel", GraphQlQueries::channel)
                .type("Mutation", GraphQlMutations::mutation)
                .type("Subscription", GraphQlFeed::subscription);
        publication(wiring);
        GraphQlSchema.<Map.Entry<String, String>>type(
                wiring, "Header", Map.of("name", Map.Entry::getKey, "value", Map.Entry::getValue));
        GraphQlSchema.<Gap>type(
                wiring, "Gap", Map.of("channel", gap -> gap.channel().value(), "from", Gap::from, "to", Gap::to));
        GraphQlSchema.<List<Hub.Member>>type(
                wiring, "Presence", Map.of("users", members -> members, "count", List::size));
        GraphQlSchema.<Hub.Member>type(
                wiring,
                "Member",
                Map.of("id", Hub.Member::user, "sessions", Hub.Member::sessions, "since", Hub.Member::since));
        GraphQlSchema.<ReadMarkers.Marker>type(
                wiring,
                "ReadMarker",
                Map.of("position", ReadMarkers.Marker::position, "unread", marker -> atMostInt(marker.unread())));
        GraphQlMutations.results(wiring);
        GraphQlQueries.pages(wiring);
        return wiring.build();
    }

    private static void publication(RuntimeWiring.Builder wiring) {
        var fields = new LinkedHashMap<String, Property<Publication>>();
        fields.put("channel", publication -> publication.channel().value());
        fields.put("position", Publication::position);
        fields.put("time", Publication::time);
        fields.put("event", Publication::event);
        fields.put("from", Publication::from);
        fields.put("headers", publication -> List.copyOf(publication.headers().entrySet()));
        fields.put("data", GraphQlSchema::data);
        fields.put("dataBase64", GraphQlSchema::base64);
        fields.put("contentType", publication -> publication.payload().contentType());
        type(wiring, "Publication", fields);
    }

    private static @Nullable Object data(Publication publication) {
        return publication.payload().kind() == Payload.Kind.BINARY
                ? null
                : (RawJson) out -> GraphQlWire.data(out, publication);
    }

    private static @Nullable Object base64(Publication publication) {
        var payload = publication.payload();
        return payload.kind() == Payload.Kind.BINARY ? Base64.getEncoder().encodeToString(payload.bytes()) : null;
    }

    /** What a field is of its value. */
    @FunctionalInterface
    interface Property<T> {
        @Nullable
        Object of(T value);
    }

    /** Wires the fields of a type to what they are of its value. */
    static <T> void type(RuntimeWiring.Builder wiring, String name, Map<String, Property<T>> fields) {
        var type = TypeRuntimeWiring.newTypeWiring(name);
        fields.forEach((field, property) -> type.dataFetcher(
                field, environment -> property.of(Objects.requireNonNull(environment.<T>getSource()))));
        wiring.type(type);
    }

    /** GraphQL's integers have 32 bits. */
    static int atMostInt(long value) {
        return (int) Math.min(Integer.MAX_VALUE, value);
    }

    private static GraphQLScalarType scalar(String name, String description, Coercing<?, ?> coercing) {
        return GraphQLScalarType.newScalar()
                .name(name)
                .description(description)
                .coercing(coercing)
                .build();
    }

    /** RFC 3339 with milliseconds; only ever a result. */
    private static final class Time implements Coercing<Object, String> {
        @Override
        public String serialize(Object value, GraphQLContext context, Locale locale) {
            return JsonText.time((Instant) value);
        }
    }

    /** Results pass through as they are; arguments become maps, lists, strings, numbers and booleans. */
    private static final class AnyJson implements Coercing<Object, Object> {
        @Override
        public Object serialize(Object value, GraphQLContext context, Locale locale) {
            return value;
        }

        @Override
        public Object parseValue(Object input, GraphQLContext context, Locale locale) {
            return input;
        }

        @Override
        public @Nullable Object parseLiteral(
                Value<?> input, CoercedVariables variables, GraphQLContext context, Locale locale) {
            return switch (input) {
                case StringValue text -> text.getValue();
                case IntValue number -> number.getValue();
                case FloatValue number -> number.getValue();
                case BooleanValue truth -> truth.isValue();
                case EnumValue name -> name.getName();
                case VariableReference reference -> variables.get(reference.getName());
                case NullValue nothing -> null;
                case ArrayValue array ->
                    array.getValues().stream()
                            .map(element -> parseLiteral(element, variables, context, locale))
                            .collect(java.util.stream.Collectors.toCollection(java.util.ArrayList::new));
                case ObjectValue object -> {
                    var members = new LinkedHashMap<String, @Nullable Object>();
                    for (var field : object.getObjectFields()) {
                        members.put(field.getName(), parseLiteral(field.getValue(), variables, context, locale));
                    }
                    yield members;
                }
                default -> throw new IllegalStateException("a literal of another kind");
            };
        }
    }
}
