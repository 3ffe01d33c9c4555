package io.sluice.graphql;

import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.http.Query;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * One request for an operation (GraphQL over HTTP section 5).
 *
 * @param query the document; null where a persisted one is meant
 * @param operationName which of its operations; null where it has one
 * @param variables values by name, as JSON has them
 */
public record GraphQlRequest(
        @Nullable String query,
        @Nullable String operationName,
        Map<String, Object> variables,
        Map<String, Object> extensions) {
    /** Numbers keep every digit, so that what is published is what was sent. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** What a body or a query string holds. */
    public sealed interface Parsed {
        record One(GraphQlRequest request) implements Parsed {}

        /** Several, to be answered by as many results in their order. */
        record Batch(List<GraphQlRequest> requests) implements Parsed {}

        record Refused(Problem problem) implements Parsed {}
    }

    /**
     * Reads a body.
     *
     * @param maxBatch how many requests it may hold in an array
     */
    public static Parsed parse(byte[] json, int maxBatch) {
        return switch (read(json)) {
            case Map<?, ?> members -> one(members);
            case List<?> several -> batch(several, maxBatch);
            case NotJson(var where) -> new Parsed.Refused(Problem.of(ClientError.BAD_JSON, "this is not JSON" + where));
            case null, default ->
                new Parsed.Refused(
                        Problem.of(ClientError.BAD_REQUEST, "the body must be an object or an array of objects"));
        };
    }

    /** Reads the parameters of a GET. */
    public static Parsed parse(Query parameters) {
        var variables = json(parameters, "variables");
        var extensions = json(parameters, "extensions");
        if (variables instanceof NotJson || extensions instanceof NotJson) {
            return refused(variables instanceof NotJson ? "variables" : "extensions", "must be JSON");
        }
        return one(parameters.first("query"), parameters.first("operationName"), variables, extensions);
    }

    /** The JSON of a value that {@link #parse} read. */
    public static byte[] toJson(Object value) {
        return JSON.writeValueAsBytes(value);
    }

    private static @Nullable Object json(Query parameters, String name) {
        var text = parameters.first(name);
        return text == null || text.isEmpty() ? null : read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable Object read(byte[] json) {
        try {
            return JSON.readValue(json, Object.class);
        } catch (JacksonException malformed) {
            var at = malformed.getLocation();
            return new NotJson(at == null ? "" : " near byte " + Math.max(0, at.getByteOffset()));
        }
    }

    private static Parsed batch(List<?> several, int maxBatch) {
        if (several.isEmpty() || several.size() > maxBatch) {
            return new Parsed.Refused(Problem.of(ClientError.BAD_REQUEST, "a batch is 1 to " + maxBatch + " requests")
                    .with("limit", maxBatch));
        }
        var requests = new ArrayList<GraphQlRequest>();
        for (var element : several) {
            if (!(element instanceof Map<?, ?> members)) {
                return new Parsed.Refused(
                        Problem.of(ClientError.BAD_REQUEST, "every request of a batch must be an object"));
            }
            switch (one(members)) {
                case Parsed.One(var request) -> requests.add(request);
                case Parsed other -> {
                    return other;
                }
            }
        }
        return new Parsed.Batch(requests);
    }

    private static Parsed one(Map<?, ?> members) {
        return one(
                members.get("query"),
                members.get("operationName"),
                members.get("variables"),
                members.get("extensions"));
    }

    private static Parsed one(
            @Nullable Object query,
            @Nullable Object operationName,
            @Nullable Object variables,
            @Nullable Object extensions) {
        if (query != null && !(query instanceof String)) {
            return refused("query", "must be a string");
        }
        if (operationName != null && !(operationName instanceof String)) {
            return refused("operationName", "must be a string");
        }
        if (variables != null && !(variables instanceof Map)) {
            return refused("variables", "must be an object");
        }
        if (extensions != null && !(extensions instanceof Map)) {
            return refused("extensions", "must be an object");
        }
        var more = members(extensions);
        if (query == null && !more.containsKey("persistedQuery")) {
            return refused("query", "is missing");
        }
        var name = (String) operationName;
        return new Parsed.One(new GraphQlRequest(
                (String) query, name == null || name.isEmpty() ? null : name, members(variables), more));
    }

    @SuppressWarnings("unchecked") // the names of a JSON object are strings
    private static Map<String, Object> members(@Nullable Object object) {
        return object == null ? Map.of() : (Map<String, Object>) object;
    }

    private static Parsed refused(String field, String rule) {
        return new Parsed.Refused(
                Problem.of(ClientError.BAD_REQUEST, field + " " + rule).with("field", field));
    }

    private record NotJson(String where) {}
}
