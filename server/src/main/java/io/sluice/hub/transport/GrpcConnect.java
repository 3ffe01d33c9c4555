package io.sluice.hub.transport;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sluice.auth.Authenticator;
import io.sluice.auth.Identity;
import io.sluice.grpc.EncodedMessages;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Draft;
import io.sluice.hub.Hub;
import io.sluice.hub.Json;
import io.sluice.hub.Outcome;
import io.sluice.hub.Page;
import io.sluice.hub.Position;
import io.sluice.hub.ReadMarkers;
import io.sluice.hub.ReadRequest;
import io.sluice.hub.Session;
import io.sluice.hub.Start;
import io.sluice.hub.wire.ProtobufMessages;
import io.sluice.proto.v1.Authenticated;
import io.sluice.proto.v1.ConnectRequest;
import io.sluice.proto.v1.ConnectResponse;
import io.sluice.proto.v1.Done;
import io.sluice.proto.v1.HistoryRequest;
import io.sluice.proto.v1.Pong;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.ReadMarkerRequest;
import io.sluice.proto.v1.Reply;
import io.sluice.proto.v1.SendSignal;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.proto.v1.Welcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One Connect call: the commands of the WebSocket interface, each answered once with its id. A client is read only while it
 * reads, and while fewer than {@link #MAX_IN_FLIGHT} of its commands are unanswered. Confined to its loop.
 */
final class GrpcConnect implements StreamObserver<ConnectRequest> {
    static final int MAX_IN_FLIGHT = 128;

    private final Transports.Context context;
    private final Hub hub;
    private final GrpcCaller caller;
    private final ServerCallStreamObserver<EncodedMessages> call;
    private final GrpcInbox inbox;
    private final Session session;
    private int inFlight;
    private boolean asked;

    GrpcConnect(Transports.Context context, GrpcCaller caller, ServerCallStreamObserver<EncodedMessages> call) {
        this.context = context;
        this.hub = context.hub();
        this.caller = caller;
        this.call = call;
        this.inbox = new GrpcInbox(context, caller, call, true);
        this.session = inbox.session();
        call.disableAutoRequest();
        call.setOnReadyHandler(() -> {
            inbox.resume();
            mayRead();
        });
        var welcome = Welcome.newBuilder().setSession(session.id());
        var user = caller.identity().user();
        if (user != null) {
            welcome.setUser(user);
        }
        inbox.start(ConnectResponse.newBuilder().setWelcome(welcome).build());
        mayRead();
    }

    private void mayRead() {
        if (!asked && inFlight < MAX_IN_FLIGHT && !session.isClosed() && call.isReady()) {
            asked = true;
            call.request(1);
        }
    }

    @Override
    public void onNext(ConnectRequest command) {
        asked = false;
        inFlight++;
        handle(command);
        mayRead();
    }

    @Override
    public void onError(Throwable cancelled) {
        inbox.closed();
    }

    @Override
    public void onCompleted() {
        inbox.complete();
    }

    private void handle(ConnectRequest command) {
        long id = command.getId();
        var kind = command.getCommandCase();
        if (inbox.isAnonymous()
                && kind != ConnectRequest.CommandCase.AUTHENTICATE
                && kind != ConnectRequest.CommandCase.PING) {
            refuse(id, Problem.of(ClientError.UNAUTHENTICATED, "the first command must be authenticate"));
            return;
        }
        switch (kind) {
            case AUTHENTICATE -> authenticate(id, command.getAuthenticate().getToken());
            case SUBSCRIBE -> subscribe(id, command.getSubscribe());
            case UNSUBSCRIBE -> withChannel(id, command.getUnsubscribe().getChannel(), name -> unsubscribe(id, name));
            case PUBLISH ->
                withChannel(id, command.getPublish().getChannel(), name -> publish(id, name, command.getPublish()));
            case DIRECT ->
                with(
                        id,
                        GrpcRequests.userChannel(command.getDirect().getUser()),
                        name -> publish(id, name, command.getDirect().getMessage()));
            case SIGNAL ->
                withChannel(id, command.getSignal().getChannel(), name -> signal(id, name, command.getSignal()));
            case HISTORY ->
                withChannel(id, command.getHistory().getChannel(), name -> history(id, name, command.getHistory()));
            case PRESENCE -> withChannel(id, command.getPresence().getChannel(), name -> presence(id, name));
            case READ -> withChannel(id, command.getRead().getChannel(), name -> read(id, name, command.getRead()));
            case PING -> answer(Reply.newBuilder().setId(id).setPong(Pong.getDefaultInstance()));
            case COMMAND_NOT_SET ->
                refuse(
                        id,
                        Problem.of(ClientError.BAD_REQUEST, "there is no such command")
                                .with("field", "command"));
        }
    }

    private void authenticate(long id, String token) {
        context.callers()
                .renew(
                        token,
                        caller.peer(),
                        session.identity(),
                        result -> caller.onLoop(() -> {
                            switch (result) {
                                case Authenticator.Result.Known(var identity) -> identified(id, identity);
                                case Authenticator.Result.Absent() ->
                                    refuse(id, Problem.of(ClientError.UNAUTHENTICATED, "the token is not known"));
                                case Authenticator.Result.Refused(var problem) -> refuse(id, problem);
                            }
                        }));
    }

    private void identified(long id, Identity identity) {
        inbox.identified(identity);
        var authenticated = Authenticated.newBuilder();
        if (identity.user() != null) {
            authenticated.setUser(identity.user());
        }
        answer(Reply.newBuilder().setId(id).setAuthenticated(authenticated));
    }

    private void subscribe(long id, SubscribeRequest request) {
        switch (GrpcRequests.starts(request)) {
            case Outcome.Refused<Map<ChannelName, Start>>(var problem) -> refuse(id, problem);
            case Outcome.Done<Map<ChannelName, Start>>(var starts) -> {
                session.hold();
                GrpcSubscribing.each(hub, session, starts, subscribed -> {
                    answer(Reply.newBuilder().setId(id).setSubscribed(subscribed));
                    // The reply comes first; what was published meanwhile follows.
                    session.release();
                });
            }
        }
    }

    private void unsubscribe(long id, ChannelName channel) {
        if (session.unsubscribe(channel)) {
            done(id);
        } else {
            refuse(id, Problem.of(ClientError.NOT_FOUND, "not subscribed to " + channel));
        }
    }

    private void publish(long id, ChannelName channel, PublishRequest request) {
        with(
                id,
                GrpcRequests.draft(request, session.identity()),
                (Draft draft) -> hub.publish(
                        session.identity(),
                        channel,
                        draft,
                        appended -> caller.onLoop(() -> with(
                                id,
                                GrpcRequests.published(channel, appended),
                                published -> answer(Reply.newBuilder().setId(id).setPublished(published))))));
    }

    private void signal(long id, ChannelName channel, SendSignal request) {
        var data = request.getJson().isEmpty()
                ? "null".getBytes(StandardCharsets.UTF_8)
                : request.getJsonBytes().toByteArray();
        var malformed = Json.check(data);
        if (malformed != null) {
            refuse(id, malformed);
            return;
        }
        hub.signal(
                session.identity(),
                channel,
                request.getEvent(),
                Json.onOneLine(data),
                problem -> caller.onLoop(() -> {
                    if (problem == null) {
                        done(id);
                    } else {
                        refuse(id, problem);
                    }
                }));
    }

    private void history(long id, ChannelName channel, HistoryRequest request) {
        with(
                id,
                GrpcRequests.history(request, channel),
                (ReadRequest read) -> hub.read(
                        session.identity(),
                        channel,
                        read,
                        caller.loop(),
                        outcome -> with(
                                id,
                                outcome,
                                (Page page) -> answer(
                                        Reply.newBuilder().setId(id).setHistory(ProtobufMessages.history(page))))));
    }

    private void presence(long id, ChannelName channel) {
        hub.presence(
                session.identity(),
                channel,
                caller.loop(),
                outcome -> with(
                        id,
                        outcome,
                        (List<Hub.Member> members) ->
                                answer(Reply.newBuilder().setId(id).setPresence(ProtobufMessages.presence(members)))));
    }

    private void read(long id, ChannelName channel, ReadMarkerRequest request) {
        Consumer<Outcome<ReadMarkers.Marker>> result = outcome -> with(
                id, outcome, marker -> answer(Reply.newBuilder().setId(id).setRead(ProtobufMessages.marker(marker))));
        if (request.getPosition().isEmpty()) {
            context.markers().get(session.identity(), channel, caller.loop(), result);
            return;
        }
        var position = Position.parse(request.getPosition());
        if (position == null) {
            refuse(id, Problem.of(ClientError.BAD_CURSOR, "position is not one of ours"));
        } else {
            context.markers().move(session.identity(), channel, position, caller.loop(), result);
        }
    }

    private void withChannel(long id, String channel, Consumer<ChannelName> then) {
        with(id, GrpcRequests.channel(channel), then);
    }

    private <T> void with(long id, Outcome<T> outcome, Consumer<T> then) {
        switch (outcome) {
            case Outcome.Refused<T>(var problem) -> refuse(id, problem);
            case Outcome.Done<T>(var value) -> then.accept(value);
        }
    }

    private void done(long id) {
        answer(Reply.newBuilder().setId(id).setDone(Done.getDefaultInstance()));
    }

    private void refuse(long id, Problem problem) {
        answer(Reply.newBuilder().setId(id).setProblem(ProtobufMessages.problem(problem)));
        if (problem.error() == ClientError.RATE_LIMITED
                && session.identity().share().abused()) {
            inbox.disconnect(Disconnect.RATE_LIMITED);
        }
    }

    private void answer(Reply.Builder reply) {
        inFlight--;
        inbox.send(ConnectResponse.newBuilder().setReply(reply).build());
        mayRead();
    }
}
