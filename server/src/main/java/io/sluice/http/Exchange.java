package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.Loop;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one {@link HttpExchange}; a {@link Carrier} moves its bytes. Confined to its loop. */
final class Exchange implements HttpExchange {
    private static final String NO_ROUTE = "none";

    private enum Phase {
        /** Nothing was answered. */
        WAITING,
        /** The head has left; a body follows. */
        STREAMING,
        /** Answered, or the peer is gone. */
        ENDED
    }

    private final Carrier carrier;
    private final LoopState state;
    private final ExchangeObserver observer;
    private final String method;
    private final String target;
    private HttpHeaders headers;
    private final String requestId;
    private final long startedNanos;
    private final InetSocketAddress peer;
    private HttpHeaders responseHeaders = new DefaultHttpHeaders();

    private Phase phase = Phase.WAITING;
    private String path = "/";
    private String route = NO_ROUTE;
    private Query query = Query.EMPTY;
    private Map<String, String> parameters = Map.of();
    private int status;
    private long bodyBytes;
    private @Nullable ExchangeStream stream;
    private @Nullable Runnable closeAction;

    private @Nullable BodyReader reader;
    private boolean partWanted;
    private boolean bodyEnded;
    private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;

    Exchange(
            Carrier carrier,
            LoopState state,
            ExchangeObserver observer,
            String method,
            String target,
            HttpHeaders headers) {
        this.carrier = carrier;
        this.state = state;
        this.observer = observer;
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.peer = state.proxies.client(carrier.peer(), headers);
        this.requestId = state.nextRequestId();
        this.startedNanos = state.loop.clock().nanos();
        observer.started(this);
    }

    @Override
    public String target() {
        return target;
    }

    void located(RequestTarget found) {
        path = found.path();
        query = found.query();
    }

    void matched(String pattern, Map<String, String> captured) {
        route = pattern;
        parameters = captured;
    }

    @Override
    public String route() {
        return route;
    }

    @Override
    public void forgetRequest() {
        headers = EmptyHttpHeaders.INSTANCE;
        responseHeaders = EmptyHttpHeaders.INSTANCE;
        query = Query.EMPTY;
        parameters = Map.of();
    }

    @Override
    public Loop loop() {
        return state.loop;
    }

    @Override
    public String version() {
        return carrier.version();
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Query query() {
        return query;
    }

    @Override
    public HttpHeaders headers() {
        return headers;
    }

    @Override
    public InetSocketAddress peer() {
        return peer;
    }

    @Override
    public boolean secure() {
        return carrier.secure();
    }

    @Override
    public String requestId() {
        return requestId;
    }

    @Override
    public String parameter(String name) {
        var value = parameters.get(name);
        if (value == null) {
            throw new IllegalStateException("the route does not capture " + name);
        }
        return value;
    }

    @Override
    public HttpHeaders responseHeaders() {
        return responseHeaders;
    }

    // ---- the request body

    @Override
    public void collectBody(int maxBytes, Consumer<ByteBuf> body) {
        long declared = declaredLength();
        if (declared > maxBytes) {
            refuse(BodyCollector.tooLarge(maxBytes));
            return;
        }
        readBody(new BodyCollector(this, maxBytes, body));
    }

    @Override
    public void readBody(BodyReader taker) {
        if (reader != null) {
            throw new IllegalStateException("the body was asked for twice");
        }
        reader = taker;
        if (bodyEnded) {
            taker.end(trailers);
        } else if (phase != Phase.ENDED) {
            wantPart();
        }
    }

    private long declaredLength() {
        var length = headers.get("content-length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    private void wantPart() {
        var taker = reader;
        if (taker != null && !bodyEnded && !partWanted) {
            partWanted = true;
            carrier.wantBody(taker.mayPause());
        }
    }

    /** True when the reader waits for the next part. */
    boolean wantsPart() {
        return partWanted;
    }

    /** A part has come; {@link #wantsPart} was true. Takes {@code bytes} over. */
    void part(ByteBuf bytes) {
        partWanted = false;
        var taker = reader;
        if (taker == null || phase == Phase.ENDED) {
            bytes.release();
            return;
        }
        taker.part(bytes, this::wantPart);
    }

    /** The request is complete. */
    void bodyEnd(HttpHeaders trailerFields) {
        bodyEnded = true;
        partWanted = false;
        trailers = trailerFields;
        if (reader != null && phase != Phase.ENDED) {
            reader.end(trailerFields);
        }
    }

    /** The body broke: refuses if that is still possible. */
    void bodyFailed(Problem problem) {
        bodyEnded = true;
        partWanted = false;
        var taker = reader;
        reader = null;
        if (taker != null && phase != Phase.ENDED) {
            taker.failed(problem);
        }
        refuse(problem);
    }

    // ---- the response

    @Override
    public void respond(int code, ByteBuf body) {
        if (phase != Phase.WAITING) {
            body.release();
            return;
        }
        status = code;
        boolean bodiless = bodiless(code);
        bodyBytes = bodiless ? 0 : body.readableBytes();
        phase = Phase.ENDED;
        carrier.respond(code, completed(), body, bodiless);
        ended();
    }

    @Override
    public void refuse(Problem problem) {
        if (phase == Phase.STREAMING) {
            abort();
            return;
        }
        if (phase == Phase.ENDED) {
            return;
        }
        observer.refused(this, problem.error());
        long retryAfter = ProblemWriter.retryAfterSeconds(problem);
        responseHeaders.set("content-type", ProblemWriter.MEDIA_TYPE);
        responseHeaders.set("cache-control", "no-store");
        responseHeaders.remove("etag");
        if (retryAfter > 0) {
            responseHeaders.set("retry-after", Long.toString(retryAfter));
            if (problem.error().status() == 429) {
                RateLimitFields.add(responseHeaders, problem, retryAfter);
            }
        }
        respond(problem.error().status(), ProblemWriter.json(ByteBufAllocator.DEFAULT, problem, requestId, retryAfter));
    }

    @Override
    public ResponseStream stream(int code) {
        var made = new ExchangeStream(this, carrier);
        if (phase != Phase.WAITING) {
            made.ended();
            return made;
        }
        status = code;
        boolean bodiless = bodiless(code);
        stream = made;
        phase = Phase.STREAMING;
        carrier.begin(code, completed(), bodiless);
        made.begun();
        if (bodiless) {
            end(EmptyHttpHeaders.INSTANCE);
        }
        return made;
    }

    @Override
    public @Nullable UpgradedConnection upgrade(String protocol) {
        if (phase != Phase.WAITING) {
            return null;
        }
        status = 101;
        var connection = carrier.upgrade(protocol, completed());
        if (connection != null) {
            phase = Phase.ENDED;
            ended();
        }
        return connection;
    }

    @Override
    public void onClose(Runnable action) {
        if (phase == Phase.ENDED) {
            action.run();
            return;
        }
        var earlier = closeAction;
        closeAction = earlier == null
                ? action
                : () -> {
                    earlier.run();
                    action.run();
                };
    }

    void end(HttpHeaders trailerFields) {
        if (phase == Phase.STREAMING) {
            phase = Phase.ENDED;
            carrier.end(trailerFields);
            ended();
        }
    }

    void abort() {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            carrier.abort();
            ended();
        }
    }

    /** The peer is gone, or took its request back. */
    void gone() {
        var taker = reader;
        if (taker != null && !bodyEnded && phase != Phase.ENDED) {
            bodyEnded = true;
            taker.failed(Problem.of(ClientError.BAD_REQUEST, "the peer went away before the end of the body"));
        }
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            ended();
        }
    }

    /** The carrier takes bytes again. */
    void writableAgain() {
        if (stream != null) {
            stream.writableAgain();
        }
    }

    boolean hasEnded() {
        return phase == Phase.ENDED;
    }

    private boolean bodiless(int code) {
        return method.equals("HEAD") || code == 204 || code == 304;
    }

    private HttpHeaders completed() {
        if (!responseHeaders.contains("date")) {
            responseHeaders.set("date", state.date());
        }
        responseHeaders.set("x-request-id", requestId);
        return responseHeaders;
    }

    private void ended() {
        reader = null;
        partWanted = false;
        if (stream != null) {
            stream.ended();
        }
        var action = closeAction;
        closeAction = null;
        if (action != null) {
            action.run();
        }
        long sent = stream == null ? bodyBytes : stream.bytes();
        observer.finished(this, status, sent, state.loop.clock().nanos() - startedNanos);
    }
}
