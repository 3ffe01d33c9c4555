package io.sluice.graphql;

import graphql.ExecutionResult;
import graphql.GraphQLError;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of an operation.
 *
 * @param executed false where it did not get so far: then there is no data at all
 * @param data the fields by their keys; null where an error left nothing
 */
public record GraphQlResult(
        boolean executed,
        @Nullable Map<String, Object> data,
        List<? extends GraphQLError> errors,
        Map<String, Object> extensions) {

    public static GraphQlResult of(ExecutionResult result) {
        return new GraphQlResult(result.isDataPresent(), result.getData(), result.getErrors(), Map.of());
    }

    /** An operation that was not executed. */
    public static GraphQlResult failed(List<? extends GraphQLError> errors) {
        return new GraphQlResult(false, null, errors, Map.of());
    }

    public GraphQlResult with(Map<String, Object> more) {
        return new GraphQlResult(executed, data, errors, more);
    }
}
