package io.sluice.graphql;

import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.execution.AsyncExecutionStrategy;
import graphql.execution.AsyncSerialExecutionStrategy;
import graphql.execution.ExecutionId;
import graphql.execution.SubscriptionExecutionStrategy;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.introspection.Introspection;
import graphql.language.OperationDefinition;
import graphql.language.OperationDefinition.Operation;
import graphql.schema.GraphQLSchema;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.dataloader.DataLoaderRegistry;

/** Checks requests against a schema and executes them. Thread-safe; checking computes, so it belongs off the event loops. */
public final class GraphQlEngine {
    private static final ExecutionId ONE_FOR_ALL = ExecutionId.from("sluice");

    private final GraphQlLimits limits;
    private final Documents documents;
    private final GraphQL requests;
    private final GraphQL events;

    public GraphQlEngine(GraphQLSchema schema, GraphQlLimits limits) {
        this.limits = limits;
        this.documents = new Documents(schema, limits);
        var handler = new GraphQlErrors.Handler();
        this.requests = engine(schema, handler)
                .subscriptionExecutionStrategy(new SubscriptionExecutionStrategy(handler))
                .build();
        // An event is executed like a query whose root is the event.
        this.events = engine(schema, handler)
                .subscriptionExecutionStrategy(new AsyncExecutionStrategy(handler))
                .build();
    }

    private static GraphQL.Builder engine(GraphQLSchema schema, GraphQlErrors.Handler handler) {
        return GraphQL.newGraphQL(schema)
                .queryExecutionStrategy(new AsyncExecutionStrategy(handler))
                .mutationExecutionStrategy(new AsyncSerialExecutionStrategy(handler))
                .defaultDataFetcherExceptionHandler(handler)
                .executionIdProvider((query, operation, context) -> ONE_FOR_ALL)
                .preparsedDocumentProvider((input, parse) ->
                        CompletableFuture.completedFuture(new PreparsedDocumentEntry(input.getGraphQLContext()
                                .<Operable>get(Operable.class)
                                .document())));
    }

    /** A request that was found fit for execution, or why it was not. */
    public sealed interface Checked {
        record Fit(Operable operable) implements Checked {}

        /** @param unknown true for a persisted query that is not here: not the client's mistake */
        record Unfit(List<? extends GraphQLError> errors, boolean unknown) implements Checked {}
    }

    /** Finds the document and the operation that a request means, and holds them against the limits. */
    public Checked check(GraphQlRequest request) {
        var text = request.query();
        if (request.extensions().get("persistedQuery") instanceof Map<?, ?> persisted) {
            if (!(persisted.get("sha256Hash") instanceof String hash) || hash.length() != 64) {
                return unfit(
                        Problem.of(ClientError.BAD_REQUEST, "persistedQuery.sha256Hash must be 64 hexadecimal digits")
                                .with("field", "extensions"));
            }
            if (text == null) {
                text = documents.persisted(hash);
                if (text == null) {
                    return notPersisted();
                }
            } else if (!documents.persist(hash, text)) {
                return unfit(Problem.of(ClientError.BAD_REQUEST, "persistedQuery.sha256Hash is not that of the query")
                        .with("field", "extensions"));
            }
        }
        return text == null
                ? unfit(Problem.of(ClientError.BAD_REQUEST, "query is missing").with("field", "query"))
                : check(text, request);
    }

    private Checked check(String text, GraphQlRequest request) {
        var document = documents.prepare(text);
        if (!document.errors.isEmpty()) {
            return new Checked.Unfit(document.errors, false);
        }
        var operation = document.operation(request.operationName());
        if (operation == null) {
            return unfit(Problem.of(
                            ClientError.BAD_REQUEST,
                            request.operationName() == null
                                    ? "operationName must say which of the operations is meant"
                                    : "there is no operation of this name")
                    .with("field", "operationName"));
        }
        var variables = new HashMap<>(request.variables());
        long cost = new QueryCost(limits.paged(), document.fragments, variables).of(operation);
        if (cost > limits.maxCost()) {
            var asked = cost < QueryCost.MOST ? "up to " + cost : QueryCost.MOST + " or more";
            return unfit(DocumentRules.exceeded(
                    "the query asks for " + asked + " fields, at most " + limits.maxCost() + " are allowed",
                    limits.maxCost()));
        }
        return new Checked.Fit(new Operable(document, operation, request));
    }

    private static Checked unfit(Problem problem) {
        return new Checked.Unfit(List.of(GraphQlErrors.of(problem)), false);
    }

    private static Checked notPersisted() {
        var error = GraphqlErrorBuilder.newError()
                .message("PersistedQueryNotFound")
                .extensions(Map.of("code", GraphQlErrors.NOT_PERSISTED))
                .build();
        return new Checked.Unfit(List.of(error), true);
    }

    /**
     * Executes a query, a mutation or the beginning of a subscription, whose result's data is then a publisher.
     *
     * @param context what the fetchers of fields find in their context
     */
    public CompletableFuture<ExecutionResult> execute(
            Operable operable, Map<?, Object> context, DataLoaderRegistry loaders) {
        var input = input(operable)
                .dataLoaderRegistry(loaders)
                .graphQLContext(context)
                .build();
        return requests.executeAsync(input);
    }

    /** What a subscription selects of its events. */
    public Selection selection(Operable operable) {
        var names = operable.prepared().variablesOfEvents(operable.operation());
        var matter = new HashMap<String, Object>();
        for (var name : names) {
            if (operable.request().variables().containsKey(name)) {
                matter.put(name, operable.request().variables().get(name));
            }
        }
        return new Selection(
                this,
                operable,
                new Selection.Key(
                        operable.prepared().text, operable.operation().getName(), Map.copyOf(replaceNulls(matter))));
    }

    private static Map<String, Object> replaceNulls(Map<String, Object> variables) {
        variables.replaceAll((name, value) -> value == null ? Selection.NULL : value);
        return variables;
    }

    GraphQlResult executeEvent(Operable operable, Selection.Event event) {
        return GraphQlResult.of(events.execute(input(operable).root(event).build()));
    }

    private ExecutionInput.Builder input(Operable operable) {
        var builder = ExecutionInput.newExecutionInput()
                .query(operable.prepared().text)
                .operationName(operable.request().operationName())
                .executionId(ONE_FOR_ALL)
                .variables(operable.request().variables())
                .graphQLContext(Map.of(Operable.class, operable));
        return limits.introspection()
                ? builder
                : builder.graphQLContext(Map.of(Introspection.INTROSPECTION_DISABLED, true));
    }

    /** A request with the operation that it means. */
    public record Operable(PreparedDocument prepared, OperationDefinition operation, GraphQlRequest request) {
        public boolean isMutation() {
            return operation.getOperation() == Operation.MUTATION;
        }

        public boolean isSubscription() {
            return operation.getOperation() == Operation.SUBSCRIPTION;
        }

        graphql.language.Document document() {
            var document = prepared.document;
            if (document == null) {
                throw new IllegalStateException("an invalid document is not executed");
            }
            return document;
        }
    }
}
