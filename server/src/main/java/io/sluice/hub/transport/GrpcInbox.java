package io.sluice.hub.transport;

import com.google.protobuf.MessageLite;
import io.grpc.stub.ServerCallStreamObserver;
import io.netty.buffer.ByteBuf;
import io.sluice.auth.Identity;
import io.sluice.grpc.EncodedMessages;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Gap;
import io.sluice.hub.Inbox;
import io.sluice.hub.Session;
import io.sluice.hub.Subscription;
import io.sluice.hub.Wire;
import io.sluice.hub.wire.GrpcWire;
import io.sluice.hub.wire.ProtobufMessages;
import io.sluice.net.Outlet;
import io.sluice.net.TimerWheel;
import io.sluice.proto.v1.ConnectResponse;
import io.sluice.proto.v1.Drain;
import io.sluice.proto.v1.Expiring;
import io.sluice.proto.v1.SubscribeResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of one Subscribe or Connect call, whose pushes have the same numbers. A call that is not ready is a
 * subscription that is behind: nothing is kept for it. Confined to its loop.
 */
final class GrpcInbox implements Inbox {
    private static final long FIRST_COMMAND_NANOS = Duration.ofSeconds(5).toNanos();

    private final Transports.Context context;
    private final GrpcCaller caller;
    private final ServerCallStreamObserver<EncodedMessages> call;
    private final GrpcWire wire;
    private final TimerWheel.Entry firstCommand = new TimerWheel.Entry(now -> stayedAnonymous());
    private final boolean renewable;
    private final EncodedMessages outgoing = new EncodedMessages();
    private final Session session;
    private boolean anonymous;
    private boolean started;
    private boolean ended;

    /**
     * Opens a session for {@code call}, while that may still be told what to do when it is ready.
     *
     * @param renewable whether the client can send another token within the call
     */
    GrpcInbox(
            Transports.Context context,
            GrpcCaller caller,
            ServerCallStreamObserver<EncodedMessages> call,
            boolean renewable) {
        this.context = context;
        this.caller = caller;
        this.call = call;
        this.wire = caller.wire();
        this.anonymous = caller.anonymous();
        this.renewable = renewable;
        call.setOnCancelHandler(this::closed);
        call.setOnCloseHandler(this::closed);
        call.setOnReadyHandler(this::resume);
        session = context.hub().connect(caller.loop(), this, caller.identity(), true);
    }

    Session session() {
        return session;
    }

    /** True while the caller has not said who it is and must. */
    boolean isAnonymous() {
        return anonymous;
    }

    void identified(Identity identity) {
        anonymous = false;
        session.identify(identity);
    }

    /** Sends {@code first}, then lets publications follow. */
    void start(MessageLite first) {
        if (ended) {
            return;
        }
        started = true;
        send(first);
        if (anonymous) {
            caller.loop().wheel().schedule(firstCommand, caller.loop().clock().nanos() + FIRST_COMMAND_NANOS);
        }
        resume();
    }

    /** Sends one message of this call's own. */
    void send(MessageLite message) {
        if (!ended) {
            var frame = wire.encode(message, context.allocator());
            call.onNext(outgoing.of(frame));
            frame.release();
        }
    }

    void resume() {
        if (started && !session.isClosed()) {
            session.resume();
        }
    }

    @Override
    public String transport() {
        return "grpc";
    }

    @Override
    public Wire wire() {
        return wire;
    }

    @Override
    public boolean writable() {
        return started && !ended && call.isReady();
    }

    @Override
    public void deliver(Subscription subscription, ByteBuf encoded, long first, long last) {
        if (!ended) {
            call.onNext(outgoing.of(encoded));
        }
    }

    /** Frames are the same for every call: past the first message they leave without the call's being asked. */
    @Override
    public @Nullable Outlet outlet() {
        return started ? caller.outlet().get() : null;
    }

    @Override
    public void gap(Subscription subscription, Gap gap) {
        send(SubscribeResponse.newBuilder().setGap(ProtobufMessages.gap(gap)).build());
    }

    @Override
    public void notice(ByteBuf encoded) {
        if (writable()) {
            call.onNext(outgoing.of(encoded));
        }
    }

    @Override
    public void expiring(Duration left) {
        if (renewable) {
            send(ConnectResponse.newBuilder()
                    .setExpiring(Expiring.newBuilder().setInMs(left.toMillis()))
                    .build());
        }
    }

    @Override
    public void drain(Duration wait) {
        if (started) {
            send(SubscribeResponse.newBuilder()
                    .setDrain(Drain.newBuilder().setReconnectAfterMs(wait.toMillis()))
                    .build());
        }
        end(Problem.of(ClientError.DRAINING, "this server is going away: come back with your cursors")
                .retryAfter(wait));
    }

    @Override
    public void disconnect(Disconnect why) {
        end(GrpcEndings.problem(why));
    }

    /** Ends the call with a refusal. */
    void end(Problem problem) {
        if (!ended) {
            closed();
            caller.refuse(call, problem);
        }
    }

    /** Ends the call as the client asked. */
    void complete() {
        if (!ended) {
            closed();
            call.onCompleted();
        }
    }

    /** Frees everything. */
    void closed() {
        ended = true;
        caller.loop().wheel().cancel(firstCommand);
        session.close();
    }

    private void stayedAnonymous() {
        if (anonymous) {
            disconnect(Disconnect.UNAUTHENTICATED);
        }
    }
}
