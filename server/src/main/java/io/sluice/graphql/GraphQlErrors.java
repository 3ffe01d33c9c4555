package io.sluice.graphql;

import graphql.ErrorType;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.DataFetcherExceptionHandlerParameters;
import graphql.execution.DataFetcherExceptionHandlerResult;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why something was not done, as GraphQL tells it: every error carries {@code extensions.code}, one of {@link ClientError}'s
 * codes, with the members that a problem has elsewhere.
 */
public final class GraphQlErrors {
    /** The code that clients of persisted queries wait for. */
    static final String NOT_PERSISTED = "PERSISTED_QUERY_NOT_FOUND";

    private static final Logger LOG = LoggerFactory.getLogger(GraphQlErrors.class);

    private GraphQlErrors() {}

    /** Thrown by what fetches a field when the hub refuses it. Carries no stack trace: it is the peer's mistake, not ours. */
    public static final class RefusedField extends RuntimeException {
        private final transient Problem problem;

        public RefusedField(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }

        public Problem problem() {
            return problem;
        }
    }

    /** The error that says the same as {@code problem}. */
    public static GraphQLError of(Problem problem) {
        return of(GraphqlErrorBuilder.newError(), problem);
    }

    private static GraphQLError of(GraphqlErrorBuilder<?> error, Problem problem) {
        error.errorType(ErrorType.DataFetchingException);
        error.extensions(extensions(problem));
        return error.message("%s", problem.detail()).build();
    }

    private static Map<String, Object> extensions(Problem problem) {
        var extensions = new LinkedHashMap<String, Object>();
        extensions.put("code", problem.error().code());
        extensions.put("type", "urn:sluice:problem:" + problem.error().code());
        extensions.putAll(problem.extra());
        var wait = problem.retryAfter();
        if (wait != null) {
            // Rounded up: who comes when it was told must not be a part of a millisecond early.
            extensions.put("retry_after_ms", Math.ceilDiv(wait.toNanos(), 1_000_000));
        }
        return extensions;
    }

    /** The errors as they go into a result, each with a code. */
    static List<Map<String, Object>> specification(List<? extends GraphQLError> errors) {
        var list = new ArrayList<Map<String, Object>>(errors.size());
        for (var error : errors) {
            var members = new LinkedHashMap<>(error.toSpecification());
            var extensions = new LinkedHashMap<String, Object>();
            extensions.put("code", ClientError.BAD_REQUEST.code());
            if (members.get("extensions") instanceof Map<?, ?> told) {
                told.forEach((name, value) -> {
                    if (!name.equals("classification") || !String.valueOf(value).equals("DataFetchingException")) {
                        extensions.put(String.valueOf(name), value);
                    }
                });
            }
            members.put("extensions", extensions);
            list.add(members);
        }
        return list;
    }

    /** Turns what a fetch threw into an error; of a bug of ours only the log tells more. */
    static final class Handler implements DataFetcherExceptionHandler {
        @Override
        public CompletableFuture<DataFetcherExceptionHandlerResult> handleException(
                DataFetcherExceptionHandlerParameters failure) {
            var thrown = failure.getException();
            if (thrown instanceof CompletionException && thrown.getCause() != null) {
                thrown = thrown.getCause();
            }
            Problem problem;
            if (thrown instanceof RefusedField refused) {
                problem = refused.problem();
            } else {
                LOG.error("a GraphQL field failed field={}", failure.getPath(), thrown);
                problem = Problem.of(ClientError.INTERNAL, ClientError.INTERNAL.title());
            }
            var error = GraphqlErrorBuilder.newError().path(failure.getPath());
            var location = failure.getSourceLocation();
            if (location != null) {
                error.location(location);
            }
            return CompletableFuture.completedFuture(DataFetcherExceptionHandlerResult.newResult()
                    .error(of(error, problem))
                    .build());
        }
    }
}
