package io.sluice.hub.transport;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import io.netty.buffer.ByteBuf;
import io.sluice.auth.Authenticator;
import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Draft;
import io.sluice.hub.Drafts;
import io.sluice.hub.Hub;
import io.sluice.hub.Json;
import io.sluice.hub.Outcome;
import io.sluice.hub.Page;
import io.sluice.hub.Position;
import io.sluice.hub.ReadMarkers;
import io.sluice.hub.ReadRequest;
import io.sluice.hub.Session;
import io.sluice.hub.Start;
import io.sluice.hub.wire.JsonReply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a WebSocket client's commands: each is answered exactly once, with the id that the client chose. Confined to
 * the session's loop; what completes elsewhere comes back there.
 */
final class WebSocketCommands {
    /** How many channels one subscribe command may name. */
    static final int MAX_BATCH = 200;

    private final Transports.Context context;
    private final Hub hub;
    private final Session session;
    private final WebSocketSession client;

    WebSocketCommands(Transports.Context context, Session session, WebSocketSession client) {
        this.context = context;
        this.hub = context.hub();
        this.session = session;
        this.client = client;
    }

    /** Carries out one command; closes with 4400 on what is no JSON. */
    void handle(byte[] utf8) {
        switch (Json.object(utf8)) {
            case Outcome.Refused<Json>(var problem) -> {
                if (problem.error() == ClientError.BAD_JSON) {
                    client.disconnect(Disconnect.BAD_MESSAGE);
                } else {
                    client.began();
                    refuse(null, problem);
                }
            }
            case Outcome.Done<Json>(var command) -> {
                client.began();
                handle(command);
            }
        }
    }

    private void handle(Json command) {
        var id = command.isScalar("id") ? command.raw("id") : null;
        if (id == null || id.length > 64) {
            refuse(
                    null,
                    Problem.of(ClientError.BAD_REQUEST, "id must be an integer or a short string")
                            .with("field", "id"));
            return;
        }
        try {
            var type = command.requiredText("type");
            if (client.isAnonymous() && !type.equals("auth") && !type.equals("ping")) {
                refuse(id, Problem.of(ClientError.UNAUTHENTICATED, "the first command must be auth"));
                return;
            }
            switch (type) {
                case "auth" -> auth(id, command);
                case "subscribe" -> subscribe(id, command);
                case "unsubscribe" -> unsubscribe(id, command);
                case "publish" -> publish(id, channel(command), command);
                case "direct" -> publish(id, user(command), command);
                case "signal" -> signal(id, command);
                case "history" -> history(id, command);
                case "presence" -> presence(id, command);
                case "read" -> read(id, command);
                case "ping" -> reply(id, "pong", out -> {});
                default ->
                    refuse(
                            id,
                            Problem.of(ClientError.BAD_REQUEST, "there is no such command")
                                    .with("field", "type"));
            }
        } catch (Json.WrongMember wrong) {
            refuse(id, wrong.problem());
        }
    }

    private void auth(byte[] id, Json command) {
        var token = command.requiredText("token");
        context.callers()
                .renew(
                        token,
                        client.peer(),
                        session.identity(),
                        result -> session.loop().execute(() -> {
                            switch (result) {
                                case Authenticator.Result.Known(var identity) -> identified(id, identity);
                                case Authenticator.Result.Absent() ->
                                    refuse(id, Problem.of(ClientError.UNAUTHENTICATED, "the token is not known"));
                                case Authenticator.Result.Refused(var problem) -> refuse(id, problem);
                            }
                        }));
    }

    private void identified(byte[] id, Identity identity) {
        client.identified(identity);
        ok(id, out -> {
            if (identity.user() != null) {
                raw(out, ",\"user\":");
                string(out, identity.user());
            }
        });
    }

    private void subscribe(byte[] id, Json command) {
        var many = command.raw("channels");
        if (many != null) {
            subscribeMany(id, many);
            return;
        }
        var channel = channel(command);
        if (channel == null) {
            refuse(id, badChannel());
            return;
        }
        var start = start(command, channel);
        switch (start) {
            case Outcome.Refused<Start>(var problem) -> refuse(id, problem);
            case Outcome.Done<Start>(var begin) ->
                hub.subscribe(session, channel, begin, outcome -> {
                    switch (outcome) {
                        case Outcome.Refused<Hub.Subscribed>(var problem) -> refuse(id, problem);
                        case Outcome.Done<Hub.Subscribed>(var begun) ->
                            ok(
                                    id,
                                    out -> raw(
                                            out,
                                            ",\"position\":\"" + begun.position() + "\",\"recovered\":"
                                                    + begun.recovered()));
                    }
                });
        }
    }

    private void subscribeMany(byte[] id, byte[] array) {
        switch (Json.array(array, MAX_BATCH)) {
            case Outcome.Refused<List<byte[]>>(var problem) -> refuse(id, problem);
            case Outcome.Done<List<byte[]>>(var elements) -> {
                session.hold();
                new SubscribeMany(id, elements).next();
            }
        }
    }

    private void unsubscribe(byte[] id, Json command) {
        var channel = channel(command);
        if (channel == null) {
            refuse(id, badChannel());
        } else if (session.unsubscribe(channel)) {
            ok(id, out -> {});
        } else {
            refuse(id, Problem.of(ClientError.NOT_FOUND, "not subscribed to " + channel));
        }
    }

    private void publish(byte[] id, @Nullable ChannelName channel, Json command) {
        if (channel == null) {
            refuse(id, badChannel());
            return;
        }
        switch (Drafts.read(command, session.identity())) {
            case Outcome.Refused<Draft>(var problem) -> refuse(id, problem);
            case Outcome.Done<Draft>(var draft) ->
                hub.publish(
                        session.identity(),
                        channel,
                        draft,
                        appended -> session.loop().execute(() -> {
                            switch (appended) {
                                case Appended.Stored(var position, var time) ->
                                    ok(id, out -> raw(out, ",\"position\":\"" + position + "\""));
                                case Appended.Replayed(var position, var time) ->
                                    ok(id, out -> raw(out, ",\"position\":\"" + position + "\",\"replayed\":true"));
                                case Appended.Refused(var problem) -> refuse(id, problem);
                            }
                        }));
        }
    }

    private void signal(byte[] id, Json command) {
        var channel = channel(command);
        if (channel == null) {
            refuse(id, badChannel());
            return;
        }
        var data = command.raw("data");
        hub.signal(
                session.identity(),
                channel,
                command.requiredText("event"),
                data == null ? new byte[] {'n', 'u', 'l', 'l'} : data,
                problem -> session.loop().execute(() -> {
                    if (problem == null) {
                        ok(id, out -> {});
                    } else {
                        refuse(id, problem);
                    }
                }));
    }

    private void history(byte[] id, Json command) {
        var channel = channel(command);
        if (channel == null) {
            refuse(id, badChannel());
            return;
        }
        int limit = command.integer("limit", ReadRequest.DEFAULT_LIMIT, 1, Integer.MAX_VALUE);
        Start begin = null;
        if (command.has("after")) {
            switch (start(command, channel)) {
                case Outcome.Refused<Start>(var problem) -> {
                    refuse(id, problem);
                    return;
                }
                case Outcome.Done<Start>(var parsed) -> begin = parsed;
            }
        }
        var before = command.text("before");
        var end = before == null ? null : Position.parse(before);
        if (before != null && (end == null || begin != null)) {
            refuse(id, Problem.of(ClientError.BAD_CURSOR, "before must be a position, and does not go with after"));
            return;
        }
        var request = new ReadRequest(begin, end, Math.min(limit, ReadRequest.MAX_LIMIT));
        hub.read(session.identity(), channel, request, session.loop(), outcome -> {
            switch (outcome) {
                case Outcome.Refused<Page>(var problem) -> refuse(id, problem);
                case Outcome.Done<Page>(var page) ->
                    ok(id, out -> {
                        out.writeByte(',');
                        JsonReply.pages(out, List.of(page), page.position().toString(), context.allocator());
                    });
            }
        });
    }

    private void presence(byte[] id, Json command) {
        var channel = channel(command);
        if (channel == null) {
            refuse(id, badChannel());
            return;
        }
        hub.presence(session.identity(), channel, session.loop(), outcome -> {
            switch (outcome) {
                case Outcome.Refused<List<Hub.Member>>(var problem) -> refuse(id, problem);
                case Outcome.Done<List<Hub.Member>>(var members) ->
                    ok(id, out -> {
                        out.writeByte(',');
                        JsonReply.presence(out, members);
                    });
            }
        });
    }

    private void read(byte[] id, Json command) {
        var channel = channel(command);
        if (channel == null) {
            refuse(id, badChannel());
            return;
        }
        Consumer<Outcome<ReadMarkers.Marker>> answer = outcome -> {
            switch (outcome) {
                case Outcome.Refused<ReadMarkers.Marker>(var problem) -> refuse(id, problem);
                case Outcome.Done<ReadMarkers.Marker>(var marker) ->
                    ok(id, out -> {
                        out.writeByte(',');
                        JsonReply.marker(out, marker);
                    });
            }
        };
        var text = command.text("position");
        if (text == null) {
            context.markers().get(session.identity(), channel, session.loop(), answer);
            return;
        }
        var position = Position.parse(text);
        if (position == null) {
            refuse(id, Problem.of(ClientError.BAD_CURSOR, "position is not one of ours"));
        } else {
            context.markers().move(session.identity(), channel, position, session.loop(), answer);
        }
    }

    private static Outcome<Start> start(Json json, ChannelName channel) {
        var after = json.text("after");
        return switch (Cursor.parse(after == null ? "latest" : after, List.of(channel))) {
            case Outcome.Refused<List<Start>>(var problem) -> new Outcome.Refused<>(problem);
            case Outcome.Done<List<Start>>(var starts) -> new Outcome.Done<>(starts.getFirst());
        };
    }

    private static @Nullable ChannelName channel(Json json) {
        return ChannelName.parse(json.requiredText("channel"));
    }

    private static @Nullable ChannelName user(Json json) {
        return ChannelName.ofUser(json.requiredText("user"));
    }

    private static Problem badChannel() {
        return Problem.of(ClientError.BAD_CHANNEL, "the channel name " + ChannelName.RULE)
                .with("field", "channel");
    }

    private void ok(byte[] id, Consumer<ByteBuf> members) {
        reply(id, "ok", members);
    }

    private void reply(byte[] id, String type, Consumer<ByteBuf> members) {
        client.answer(out -> {
            raw(out, "{\"id\":");
            out.writeBytes(id);
            raw(out, ",\"type\":\"" + type + "\"");
            members.accept(out);
            out.writeByte('}');
        });
    }

    private void refuse(byte @Nullable [] id, Problem problem) {
        client.answer(out -> {
            out.writeByte('{');
            if (id != null) {
                raw(out, "\"id\":");
                out.writeBytes(id);
                out.writeByte(',');
            }
            raw(out, "\"type\":\"error\",");
            error(out, problem);
            out.writeByte('}');
        });
        hub.refusals().refused(session, problem.error());
        if (problem.error() == ClientError.RATE_LIMITED
                && session.identity().share().abused()) {
            client.disconnect(Disconnect.RATE_LIMITED);
        }
    }

    private static void error(ByteBuf out, Problem problem) {
        raw(out, "\"code\":\"" + problem.error().code() + "\",\"message\":");
        string(out, problem.detail());
        var retry = problem.retryAfter();
        if (retry != null) {
            // Rounded up: who comes when it was told must not be a part of a millisecond early.
            raw(out, ",\"retry_after_ms\":" + Math.ceilDiv(retry.toNanos(), 1_000_000));
        }
        var field = problem.extra().get("field");
        if (field != null) {
            raw(out, ",\"field\":");
            string(out, field.toString());
        }
    }

    /** One subscribe command over several channels, carried out one after the other, answered once. */
    private final class SubscribeMany {
        private final byte[] id;
        private final List<byte[]> elements;
        private final List<Consumer<ByteBuf>> results = new ArrayList<>();

        SubscribeMany(byte[] id, List<byte[]> elements) {
            this.id = id;
            this.elements = elements;
        }

        void next() {
            if (session.isClosed()) {
                return;
            }
            if (results.size() == elements.size()) {
                ok(id, this::write);
                // The reply comes first; what was published meanwhile follows.
                session.release();
                return;
            }
            try {
                one(elements.get(results.size()));
            } catch (Json.WrongMember wrong) {
                failed(null, wrong.problem());
            }
        }

        private void one(byte[] element) {
            if (!(Json.object(element) instanceof Outcome.Done<Json>(var json))) {
                failed(null, Problem.of(ClientError.BAD_REQUEST, "channels must be objects"));
                return;
            }
            var channel = channel(json);
            if (channel == null) {
                failed(null, badChannel());
                return;
            }
            switch (start(json, channel)) {
                case Outcome.Refused<Start>(var problem) -> failed(channel, problem);
                case Outcome.Done<Start>(var begin) ->
                    hub.subscribe(session, channel, begin, outcome -> {
                        switch (outcome) {
                            case Outcome.Refused<Hub.Subscribed>(var problem) -> failed(channel, problem);
                            case Outcome.Done<Hub.Subscribed>(var begun) -> {
                                results.add(out -> raw(
                                        out,
                                        "{\"channel\":\"" + channel + "\",\"position\":\"" + begun.position()
                                                + "\",\"recovered\":" + begun.recovered() + "}"));
                                next();
                            }
                        }
                    });
            }
        }

        private void failed(@Nullable ChannelName channel, Problem problem) {
            results.add(out -> {
                raw(out, channel == null ? "{\"error\":{" : "{\"channel\":\"" + channel + "\",\"error\":{");
                error(out, problem);
                raw(out, "}}");
            });
            next();
        }

        private void write(ByteBuf out) {
            raw(out, ",\"channels\":[");
            for (int i = 0; i < results.size(); i++) {
                if (i > 0) {
                    out.writeByte(',');
                }
                results.get(i).accept(out);
            }
            out.writeByte(']');
        }
    }
}
