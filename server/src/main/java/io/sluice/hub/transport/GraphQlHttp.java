package io.sluice.hub.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.Identity;
import io.sluice.graphql.GraphQlAnswer;
import io.sluice.graphql.GraphQlErrors;
import io.sluice.graphql.GraphQlJson;
import io.sluice.graphql.GraphQlRequest;
import io.sluice.graphql.GraphQlRequest.Parsed;
import io.sluice.graphql.GraphQlResult;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import io.sluice.hub.transport.GraphQlRunner.Allowed;
import io.sluice.hub.transport.GraphQlRunner.Ran;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Operations over HTTP (GraphQL over HTTP): one by GET or POST, several by POST in an array. What is wrong with the HTTP
 * request is a problem (RFC 9457), what is wrong with the operation a result with errors.
 */
final class GraphQlHttp {
    /** What a body may hold beside its largest publication and its query: names, variables, keys. */
    private static final int ENVELOPE_BYTES = 64 << 10;

    private final Transports.Context context;
    private final GraphQlRunner runner;
    private final int maxBody;

    GraphQlHttp(Transports.Context context, GraphQlRunner runner) {
        this.context = context;
        this.runner = runner;
        this.maxBody = maxRequest(context);
    }

    /** The largest request, in bytes. */
    static int maxRequest(Transports.Context context) {
        return (int) context.hub().config().maxMessageSize().bytes()
                + (int) context.edge().graphql().maxQuerySize().bytes()
                + ENVELOPE_BYTES;
    }

    void get(HttpExchange exchange) {
        arrive(exchange, (answer, identity) -> {
            var allowed = new Allowed(
                    false, answer == GraphQlAnswer.EVENTS && exchange.method().equals("GET"));
            run(exchange, answer, identity, GraphQlRequest.parse(exchange.query()), allowed);
        });
    }

    void post(HttpExchange exchange) {
        var type = exchange.headers().get(HttpHeaderNames.CONTENT_TYPE);
        if (type == null || !isJson(type.toLowerCase(Locale.ROOT))) {
            exchange.refuse(Problem.of(ClientError.UNSUPPORTED_MEDIA, "content-type must be application/json"));
            return;
        }
        arrive(
                exchange,
                (answer, identity) -> exchange.collectBody(maxBody, body -> {
                    var json = bytes(body);
                    var allowed = new Allowed(true, answer == GraphQlAnswer.EVENTS);
                    int maxBatch = context.edge().graphql().maxBatch();
                    runner.read(
                            () -> GraphQlRequest.parse(json, maxBatch),
                            exchange.loop(),
                            parsed -> run(exchange, answer, identity, parsed, allowed));
                }));
    }

    private static boolean isJson(String type) {
        int parameters = type.indexOf(';');
        var media = (parameters < 0 ? type : type.substring(0, parameters)).trim();
        var charset = type.indexOf("charset=");
        boolean utf8 = charset < 0
                || type.substring(charset + 8).replace("\"", "").trim().startsWith("utf-8");
        return media.equals("application/json") && utf8;
    }

    /** Takes the form of the answer and who is asking. */
    private interface Arrived {
        void with(GraphQlAnswer answer, Identity identity);
    }

    private void arrive(HttpExchange exchange, Arrived then) {
        exchange.responseHeaders().add(HttpHeaderNames.VARY, "accept");
        var answer = GraphQlAnswer.of(exchange.headers());
        if (answer == null) {
            exchange.refuse(Problem.of(
                    ClientError.NOT_ACCEPTABLE,
                    "a result is application/graphql-response+json, application/json or text/event-stream"));
            return;
        }
        if (answer != GraphQlAnswer.EVENTS) {
            context.callers().identify(exchange, identity -> then.with(answer, identity));
            return;
        }
        if (context.refusesNew(exchange)) {
            return;
        }
        context.callers().open(exchange, identity -> then.with(answer, identity));
    }

    private void run(HttpExchange exchange, GraphQlAnswer answer, Identity identity, Parsed parsed, Allowed allowed) {
        switch (parsed) {
            case Parsed.Refused(var problem) -> exchange.refuse(problem);
            case Parsed.One(var request) ->
                runner.run(request, allowed, identity, exchange.loop(), ran -> answer(exchange, answer, identity, ran));
            case Parsed.Batch(var requests)
            when answer == GraphQlAnswer.EVENTS ->
                exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "a stream of events has one operation"));
            case Parsed.Batch(var requests) -> new Batch(exchange, answer, identity, requests).run();
        }
    }

    private void answer(HttpExchange exchange, GraphQlAnswer answer, Identity identity, Ran ran) {
        switch (ran) {
            case Ran.Failed(var problem) -> {
                if (problem.error() == ClientError.METHOD_NOT_ALLOWED) {
                    exchange.responseHeaders().set(HttpHeaderNames.ALLOW, "POST");
                }
                exchange.refuse(problem);
            }
            case Ran.Feeding(var feed, var wire) -> new GraphQlEvents(context, exchange).feed(feed, wire, identity);
            case Ran.Finished(var result, var json, var status)
            when answer == GraphQlAnswer.EVENTS -> {
                var events = new GraphQlEvents(context, exchange);
                events.next(json);
                events.complete();
            }
            case Ran.Finished(var result, var json, var status) ->
                respond(
                        exchange,
                        answer,
                        answer == GraphQlAnswer.RESPONSE ? status : 200,
                        Unpooled.wrappedBuffer(json));
        }
    }

    private static void respond(HttpExchange exchange, GraphQlAnswer answer, int status, ByteBuf json) {
        exchange.responseHeaders().set(HttpHeaderNames.CONTENT_TYPE, answer.mediaType() + "; charset=utf-8");
        exchange.responseHeaders().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        exchange.respond(status, json);
    }

    private static byte[] bytes(ByteBuf body) {
        try {
            return ByteBufUtil.getBytes(body);
        } finally {
            body.release();
        }
    }

    /**
     * Several requests of one body, run one after the other and answered when all are done, in their order. Together their results
     * are no larger than that of one request may be: one that would not fit becomes an error. Confined to the exchange's loop.
     */
    private final class Batch {
        private final HttpExchange exchange;
        private final GraphQlAnswer answer;
        private final Identity identity;
        private final List<GraphQlRequest> requests;
        private final List<byte[]> results;
        private int bytes;

        Batch(HttpExchange exchange, GraphQlAnswer answer, Identity identity, List<GraphQlRequest> requests) {
            this.exchange = exchange;
            this.answer = answer;
            this.identity = identity;
            this.requests = requests;
            this.results = new ArrayList<>(requests.size());
        }

        void run() {
            if (results.size() < requests.size()) {
                var next = requests.get(results.size());
                runner.run(next, new Allowed(true, false), identity, exchange.loop(), this::finished);
            } else {
                respond();
            }
        }

        private void finished(Ran ran) {
            var result = switch (ran) {
                case Ran.Finished(var found, var json, var status) -> json;
                case Ran.Failed(var problem) -> failed(problem);
                case Ran.Feeding feeding -> throw new IllegalStateException("a batch has no subscriptions");
            };
            if (result.length > GraphQlJson.MAX_RESULT - bytes) {
                result = failed(Problem.of(
                                ClientError.TOO_LARGE,
                                "the results of a batch may have " + GraphQlJson.MAX_RESULT + " bytes together")
                        .with("limit", GraphQlJson.MAX_RESULT));
            }
            bytes += result.length;
            results.add(result);
            run();
        }

        private static byte[] failed(Problem problem) {
            return GraphQlJson.result(GraphQlResult.failed(List.of(GraphQlErrors.of(problem))));
        }

        private void respond() {
            var out = context.allocator().directBuffer(bytes + results.size() + 1);
            char separator = '[';
            for (var result : results) {
                out.writeByte(separator);
                out.writeBytes(result);
                separator = ',';
            }
            GraphQlHttp.respond(exchange, answer, 200, out.writeByte(']'));
        }
    }
}
