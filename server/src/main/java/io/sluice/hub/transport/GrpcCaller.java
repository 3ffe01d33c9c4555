package io.sluice.hub.transport;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sluice.auth.Identity;
import io.sluice.grpc.GrpcForm;
import io.sluice.grpc.GrpcProblems;
import io.sluice.grpc.GrpcServer;
import io.sluice.http.Problem;
import io.sluice.hub.wire.GrpcWire;
import io.sluice.net.Loop;
import io.sluice.net.Outlet;
import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call, and on which loop: found in the call's context at its beginning.
 *
 * @param identity without grants while {@code anonymous}
 * @param anonymous true where the caller has yet to say who it is
 * @param wire the encoding that the call's form asks for
 * @param outlet where the call's frames leave, once its headers have left
 * @param requestId what refusals name
 */
record GrpcCaller(
        Identity identity,
        boolean anonymous,
        GrpcWire wire,
        Supplier<@Nullable Outlet> outlet,
        Loop loop,
        InetAddress peer,
        String requestId) {
    private static final Context.Key<Identity> IDENTITY = Context.key("sluice-identity");
    private static final Context.Key<Boolean> ANONYMOUS = Context.key("sluice-anonymous");

    /** The context of a call by {@code identity}; {@code anonymous}: that has yet to say who it is. */
    static Context in(Context context, Identity identity, boolean anonymous) {
        return context.withValues(IDENTITY, identity, ANONYMOUS, anonymous);
    }

    /** The caller of the current context. */
    static GrpcCaller current() {
        var exchange = GrpcServer.EXCHANGE.get();
        var wire = GrpcServer.FORM.get() == GrpcForm.WEB_TEXT
                ? GrpcWire.TEXT
                : Boolean.TRUE.equals(GrpcServer.GZIP.get()) ? GrpcWire.GZIP : GrpcWire.PLAIN;
        return new GrpcCaller(
                IDENTITY.get(),
                ANONYMOUS.get(),
                wire,
                GrpcServer.OUTLET.get(),
                exchange.loop(),
                exchange.peer().getAddress(),
                exchange.requestId());
    }

    /** Runs {@code task} on the call's loop. */
    void onLoop(Runnable task) {
        if (loop.isCurrent()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Ends a call with a refusal. */
    void refuse(StreamObserver<?> call, Problem problem) {
        call.onError(GrpcProblems.exception(problem, requestId));
    }

    /** Answers a call with its one response. */
    static <T> void answer(StreamObserver<T> call, T response) {
        call.onNext(response);
        call.onCompleted();
    }

    /** The stub's own kind of observer, which knows of flow control and cancellation. */
    static <T> ServerCallStreamObserver<T> streaming(StreamObserver<T> call) {
        return (ServerCallStreamObserver<T>) Objects.requireNonNull(call);
    }
}
