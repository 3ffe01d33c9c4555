package io.sluice.hub.transport;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBuf;
import io.sluice.auth.Authenticator;
import io.sluice.auth.Identity;
import io.sluice.graphql.GraphQlErrors;
import io.sluice.graphql.GraphQlRequest;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.http.WebSocket;
import io.sluice.http.WebSocketFrames;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Json;
import io.sluice.hub.Outcome;
import io.sluice.hub.Peer;
import io.sluice.hub.Session;
import io.sluice.hub.transport.GraphQlRunner.Allowed;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client of {@code graphql-transport-ws}: it introduces itself once, then runs operations side by side. It is
 * told what concerns the whole connection; each operation reads by itself. Confined to its loop.
 *
 * <p>A client is read only while it reads.
 */
final class GraphQlSocket implements Peer, WebSocket.Listener {
    private static final int MAX_ID = 128;
    /** How long a client may stay once the server drains. */
    private static final Duration LONGEST_STAY = Duration.ofSeconds(5);

    private static final String BEARER = "Bearer ";

    private enum Phase {
        NEW,
        INITIALISING,
        READY
    }

    private final Transports.Context context;
    private final GraphQlRunner runner;
    private final FrameBuffers buffers;
    private final InetAddress peer;
    private final Identity first;
    private final Map<String, GraphQlOperation> operations = new HashMap<>(4);
    private boolean unknown;
    private Phase phase = Phase.NEW;
    private @Nullable WebSocket socket;
    private @Nullable WebSocketHeartbeat heartbeat;
    private @Nullable Session session;
    private boolean reading = true;

    /** @param unknown true for a client that has yet to show a token */
    GraphQlSocket(
            Transports.Context context,
            GraphQlRunner runner,
            FrameBuffers buffers,
            InetAddress peer,
            Identity first,
            boolean unknown) {
        this.context = context;
        this.runner = runner;
        this.buffers = buffers;
        this.peer = peer;
        this.first = first;
        this.unknown = unknown;
    }

    /** Begins to read. */
    void start(WebSocket accepted) {
        socket = accepted;
        var opened = context.hub().connect(accepted.loop(), this, first, false);
        session = opened;
        heartbeat =
                new WebSocketHeartbeat(accepted, opened, context.hub().config().heartbeat(), this::disconnect);
        heartbeat.begin(Disconnect.TIMEOUT);
        accepted.start();
    }

    /** Sends one message that {@code json} writes. */
    void send(Consumer<ByteBuf> json) {
        write(WebSocketFrames.text(context.allocator().directBuffer(), json));
    }

    /** Sends whole frames, which are taken over. */
    void write(ByteBuf frames) {
        if (socket != null && !socket.isClosed()) {
            socket.write(frames);
        }
        frames.release();
    }

    /** An operation has ended; its id may be used again. */
    void left(String id) {
        operations.remove(id);
    }

    @Override
    public void text(WebSocket from, byte[] utf8) {
        var open = session;
        if (open == null || open.isClosed()) {
            return;
        }
        open.present(true);
        switch (Json.object(utf8)) {
            case Outcome.Refused<Json> malformed -> close(GraphQlClose.BAD_MESSAGE);
            case Outcome.Done<Json>(var message) -> {
                try {
                    handle(open, message, from);
                } catch (Json.WrongMember wrong) {
                    close(GraphQlClose.BAD_MESSAGE);
                }
            }
        }
        mayRead();
    }

    private void handle(Session open, Json message, WebSocket from) {
        switch (message.requiredText("type")) {
            case "connection_init" -> initialise(open, message);
            case "subscribe" -> subscribe(open, message, from);
            case "complete" -> {
                var operation = operations.remove(id(message));
                if (operation != null) {
                    operation.end();
                }
            }
            case "ping" -> {
                var payload = payload(message);
                send(out -> {
                    raw(out, "{\"type\":\"pong\"");
                    if (payload != null) {
                        raw(out, ",\"payload\":");
                        out.writeBytes(Json.onOneLine(payload));
                    }
                    out.writeByte('}');
                });
            }
            case "pong" -> {
                // Hearing it was its purpose.
            }
            default -> close(GraphQlClose.BAD_MESSAGE);
        }
    }

    private void initialise(Session open, Json message) {
        if (phase != Phase.NEW) {
            close(GraphQlClose.TOO_MANY_INITIALISATIONS);
            return;
        }
        phase = Phase.INITIALISING;
        var payload = payload(message);
        var token = payload == null ? null : token(payload);
        if (token != null) {
            context.callers()
                    .renew(
                            token,
                            peer,
                            open.identity(),
                            result -> open.loop().execute(() -> authenticated(open, result)));
        } else if (unknown) {
            refuse(ClientError.UNAUTHENTICATED);
        } else {
            acknowledge();
        }
    }

    private static @Nullable String token(byte[] payload) {
        if (!(Json.object(payload) instanceof Outcome.Done<Json>(var members))) {
            return null;
        }
        for (var name : new String[] {"token", "authorization", "Authorization"}) {
            var value = members.text(name);
            if (value != null) {
                return value.startsWith(BEARER) ? value.substring(BEARER.length()) : value;
            }
        }
        return null;
    }

    private void authenticated(Session open, Authenticator.Result result) {
        if (open.isClosed()) {
            return;
        }
        switch (result) {
            case Authenticator.Result.Known(var identity) -> {
                open.identify(identity);
                acknowledge();
            }
            case Authenticator.Result.Absent() -> refuse(ClientError.UNAUTHENTICATED);
            case Authenticator.Result.Refused(var problem) -> refuse(problem.error());
        }
    }

    /** Ends a client whose token does not count; the reason is the problem's code. */
    private void refuse(ClientError error) {
        var close = error.mayRetry() ? GraphQlClose.TRY_AGAIN_LATER : GraphQlClose.FORBIDDEN;
        if (session != null) {
            context.hub().refusals().refused(session, error);
        }
        close(close, error.code());
    }

    private void acknowledge() {
        phase = Phase.READY;
        unknown = false;
        if (heartbeat != null) {
            heartbeat.introduced();
        }
        send(out -> raw(out, "{\"type\":\"connection_ack\"}"));
    }

    private void subscribe(Session open, Json message, WebSocket from) {
        if (phase != Phase.READY) {
            close(GraphQlClose.UNAUTHORIZED);
            return;
        }
        var id = id(message);
        var payload = payload(message);
        if (payload == null) {
            close(GraphQlClose.BAD_MESSAGE);
            return;
        }
        if (operations.containsKey(id)) {
            close(GraphQlClose.SUBSCRIBER_EXISTS);
            return;
        }
        var operation = new GraphQlOperation(this, id, from.outlet(), buffers);
        int most = context.edge().graphql().maxOperations();
        if (operations.size() >= most) {
            operation.error(List.of(GraphQlErrors.of(
                    Problem.of(ClientError.RATE_LIMITED, "a connection runs at most " + most + " operations")
                            .with("limit", most))));
            return;
        }
        operations.put(id, operation);
        runner.read(() -> GraphQlRequest.parse(payload, 1), open.loop(), parsed -> {
            if (parsed instanceof GraphQlRequest.Parsed.One(var request)) {
                runner.run(
                        request,
                        Allowed.EVERYTHING,
                        open.identity(),
                        open.loop(),
                        ran -> operation.ran(ran, context.hub(), open));
            } else {
                close(GraphQlClose.BAD_MESSAGE);
            }
        });
    }

    private static String id(Json message) {
        var id = message.requiredText("id");
        if (id.isEmpty() || id.length() > MAX_ID) {
            throw new Json.WrongMember("id", "must be 1 to " + MAX_ID + " characters");
        }
        return id;
    }

    /** The object {@code payload}; null where there is none. */
    private static byte @Nullable [] payload(Json message) {
        if (!message.has("payload")) {
            return null;
        }
        var payload = message.raw("payload");
        if (payload == null || payload[0] != '{') {
            throw new Json.WrongMember("payload", "must be an object");
        }
        return payload;
    }

    @Override
    public void binary(WebSocket from, byte[] bytes) {
        close(GraphQlClose.UNSUPPORTED_DATA);
    }

    @Override
    public void writable(WebSocket of) {
        if (session != null && !session.isClosed()) {
            session.resume();
            mayRead();
        }
    }

    @Override
    public void closed(WebSocket of) {
        if (heartbeat != null) {
            heartbeat.stop();
        }
        operations.values().forEach(GraphQlOperation::end);
        operations.clear();
        if (session != null) {
            session.close();
        }
    }

    private void mayRead() {
        if (socket != null && !socket.isClosed()) {
            boolean read = socket.writable();
            if (read != reading) {
                reading = read;
                socket.reading(read);
            }
        }
    }

    @Override
    public String transport() {
        return "graphql";
    }

    @Override
    public boolean writable() {
        return socket != null && socket.writable();
    }

    /** The protocol has no word for when to come back: those who leave at different times return at different times. */
    @Override
    public void drain(Duration wait) {
        if (heartbeat != null) {
            heartbeat.endAfter(wait.compareTo(LONGEST_STAY) < 0 ? wait : LONGEST_STAY, Disconnect.DRAINING);
        }
    }

    @Override
    public void disconnect(Disconnect why) {
        if (why == Disconnect.TIMEOUT && phase != Phase.READY) {
            close(GraphQlClose.TIMEOUT, "Connection initialisation timeout");
        } else {
            close(GraphQlClose.of(why));
        }
    }

    private void close(GraphQlClose why) {
        close(why, why.reason());
    }

    private void close(GraphQlClose why, String reason) {
        if (socket != null && !socket.isClosed()) {
            if (session != null) {
                context.hub().refusals().disconnected(session, why.counted());
            }
            socket.close(why.code(), reason);
        }
    }
}
