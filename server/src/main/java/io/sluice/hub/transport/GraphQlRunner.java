package io.sluice.hub.transport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import graphql.ExecutionResult;
import graphql.execution.reactive.SubscriptionPublisher;
import io.sluice.auth.Identity;
import io.sluice.config.GraphQlConfig;
import io.sluice.graphql.GraphQlEngine;
import io.sluice.graphql.GraphQlEngine.Checked;
import io.sluice.graphql.GraphQlEngine.Operable;
import io.sluice.graphql.GraphQlJson;
import io.sluice.graphql.GraphQlLimits;
import io.sluice.graphql.GraphQlRequest;
import io.sluice.graphql.GraphQlRequest.Parsed;
import io.sluice.graphql.GraphQlResult;
import io.sluice.graphql.Selection;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.Gap;
import io.sluice.hub.wire.GraphQlWire;
import io.sluice.net.Loop;
import io.sluice.net.TimerWheel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes requests on virtual threads, a bounded number at once and each for a bounded time: parsing, checking and assembling
 * results cost too much for event loops. The engine is made with the first request. Thread-safe.
 */
final class GraphQlRunner {
    private static final Logger LOG = LoggerFactory.getLogger(GraphQlRunner.class);

    private final Transports.Context context;
    private final GraphQlConfig config;
    private final Semaphore running;
    private final Executor executor =
            task -> Thread.ofVirtual().name("sluice-graphql").start(task);
    /** The wires that somebody holds. */
    private final Cache<Selection.Key, GraphQlWire> wires =
            Caffeine.newBuilder().weakValues().executor(Runnable::run).build();

    private volatile @Nullable GraphQlEngine engine;

    GraphQlRunner(Transports.Context context) {
        this.context = context;
        this.config = context.edge().graphql();
        this.running = new Semaphore(config.maxRunning());
    }

    /** What may be asked for where a request came. */
    record Allowed(boolean mutations, boolean subscriptions) {
        static final Allowed EVERYTHING = new Allowed(true, true);
    }

    /** What became of a request. */
    sealed interface Ran {
        /**
         * @param json the result as it is sent
         * @param status the HTTP status for clients that want it to tell
         */
        record Finished(GraphQlResult result, byte[] json, int status) implements Ran {
            static Finished of(GraphQlResult result, int status) {
                return new Finished(result, GraphQlJson.result(result), status);
            }
        }

        /** A subscription that is to begin. */
        record Feeding(GraphQlFeed feed, GraphQlWire wire) implements Ran {}

        /** Refused for reasons that are not GraphQL's. */
        record Failed(Problem problem) implements Ran {}
    }

    /** Runs one request. Called on {@code loop}, where {@code then} runs once. */
    void run(GraphQlRequest request, Allowed allowed, Identity identity, Loop loop, Consumer<Ran> then) {
        if (!running.tryAcquire()) {
            then.accept(new Ran.Failed(
                    Problem.of(ClientError.OVERLOADED, config.maxRunning() + " GraphQL requests are under way already")
                            .with("limit", config.maxRunning())));
            return;
        }
        var run = new Run(loop, then);
        run.begin();
        executor.execute(() -> {
            try {
                execute(request, allowed, identity, loop, run);
            } catch (RuntimeException | LinkageError bug) {
                run.broken(bug);
            }
        });
    }

    /** Reads what came off {@code loop}, where {@code then} runs. */
    void read(Supplier<Parsed> reading, Loop loop, Consumer<Parsed> then) {
        executor.execute(() -> {
            var parsed = reading.get();
            onLoop(loop, () -> then.accept(parsed));
        });
    }

    private static void onLoop(Loop loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException serverHasClosed) {
            LOG.debug("nobody waits for a GraphQL request any more");
        }
    }

    private void execute(GraphQlRequest request, Allowed allowed, Identity identity, Loop loop, Run run) {
        switch (engine().check(request)) {
            case Checked.Unfit(var errors, var unknown) ->
                run.done(Ran.Finished.of(GraphQlResult.failed(errors), unknown ? 200 : 400));
            case Checked.Fit(var operable) -> {
                var refusal = refusal(operable, allowed);
                if (refusal != null) {
                    run.done(new Ran.Failed(refusal));
                    return;
                }
                var caller = new GraphQlCaller(context, identity, loop, executor);
                engine().execute(operable, caller.asContext(), caller.loaders()).whenComplete((result, failure) -> {
                    try {
                        if (failure != null) {
                            run.broken(failure);
                        } else {
                            run.done(outcome(operable, result, caller.gaps()));
                        }
                    } catch (RuntimeException bug) {
                        run.broken(bug);
                    }
                });
            }
        }
    }

    private static @Nullable Problem refusal(Operable operable, Allowed allowed) {
        if (operable.isMutation() && !allowed.mutations()) {
            return Problem.of(ClientError.METHOD_NOT_ALLOWED, "a mutation needs POST");
        }
        if (operable.isSubscription() && !allowed.subscriptions()) {
            return Problem.of(
                    ClientError.NOT_ACCEPTABLE,
                    "a subscription needs accept: text/event-stream or a WebSocket with graphql-transport-ws");
        }
        return null;
    }

    private Ran outcome(Operable operable, ExecutionResult result, List<Gap> gaps) {
        if (operable.isSubscription()
                && result.<@Nullable Object>getData() instanceof SubscriptionPublisher publisher
                && (Object) publisher.getUpstreamPublisher() instanceof GraphQlFeed feed) {
            var selection = engine().selection(operable);
            return new Ran.Feeding(feed, wires.get(selection.key(), key -> new GraphQlWire(selection)));
        }
        if (operable.isSubscription()) {
            return Ran.Finished.of(GraphQlResult.failed(result.getErrors()), 400);
        }
        var found = GraphQlResult.of(result);
        return Ran.Finished.of(gaps.isEmpty() ? found : found.with(told(gaps)), found.executed() ? 200 : 400);
    }

    /** One gap as {@code gap}, several as {@code gaps}, as polls tell them. */
    private static Map<String, Object> told(List<Gap> gaps) {
        var list = gaps.stream().map(GraphQlRunner::told).toList();
        return list.size() == 1 ? Map.of("gap", list.getFirst()) : Map.of("gaps", list);
    }

    private static Map<String, String> told(Gap gap) {
        return Map.of(
                "channel",
                gap.channel().value(),
                "from",
                gap.from().toString(),
                "to",
                gap.to().toString());
    }

    private GraphQlEngine engine() {
        var made = engine;
        if (made == null) {
            synchronized (running) {
                made = engine;
                if (made == null) {
                    made = new GraphQlEngine(GraphQlSchema.build(), limits());
                    engine = made;
                }
            }
        }
        return made;
    }

    private GraphQlLimits limits() {
        return new GraphQlLimits(
                config.introspection(),
                (int) config.maxQuerySize().bytes(),
                config.maxTokens(),
                config.maxDepth(),
                config.maxAliases(),
                config.maxCost(),
                GraphQlQueries.PAGED,
                config.documentCache().bytes());
    }

    /** One execution and its time limit; ends once, on its loop. */
    private final class Run {
        private final Loop loop;
        private final Consumer<Ran> then;
        private final TimerWheel.Entry deadline = new TimerWheel.Entry(now -> settle(new Ran.Failed(
                Problem.of(ClientError.DEADLINE_EXCEEDED, "the operation took longer than " + config.timeout()))));
        private boolean settled;

        Run(Loop loop, Consumer<Ran> then) {
            this.loop = loop;
            this.then = then;
        }

        void begin() {
            loop.wheel()
                    .schedule(deadline, loop.clock().nanos() + config.timeout().toNanos());
        }

        void done(Ran ran) {
            running.release();
            onLoop(loop, () -> settle(ran));
        }

        void broken(Throwable bug) {
            LOG.error("a GraphQL request failed", bug);
            done(new Ran.Failed(Problem.of(ClientError.INTERNAL, ClientError.INTERNAL.title())));
        }

        private void settle(Ran ran) {
            loop.wheel().cancel(deadline);
            if (!settled) {
                settled = true;
                then.accept(ran);
            }
        }
    }
}
