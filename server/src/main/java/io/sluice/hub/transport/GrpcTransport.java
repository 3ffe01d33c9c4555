package io.sluice.hub.transport;

import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.services.HealthStatusManager;
import io.sluice.auth.Authenticator;
import io.sluice.auth.Identity;
import io.sluice.grpc.GrpcServer;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.proto.v1.HubGrpc;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** gRPC and gRPC-Web on the edge listener: the service {@code sluice.v1.Hub}, health and reflection. */
final class GrpcTransport implements Transport {
    /** What a publish request may hold beside its message: names, headers, keys. */
    private static final int ENVELOPE_BYTES = 64 << 10;

    private final Transports.Context context;
    private final GrpcServer server;

    GrpcTransport(Transports.Context context) {
        this.context = context;
        var health = new HealthStatusManager();
        this.server = new GrpcServer(
                List.of(
                        new GrpcHub(context).service(),
                        health.getHealthService().bindService()),
                this::admit,
                (int) context.hub().config().maxMessageSize().bytes() + ENVELOPE_BYTES,
                context.allocator());
    }

    @Override
    public String name() {
        return "grpc";
    }

    @Override
    public void addTo(HttpRoutes routes) {
        server.addTo(routes);
    }

    /** Health and reflection are for everybody; a Connect may say later who it is. */
    private void admit(
            HttpExchange exchange, MethodDescriptor<?, ?> method, Context call, Consumer<GrpcServer.Admission> then) {
        if (!HubGrpc.SERVICE_NAME.equals(method.getServiceName())) {
            then.accept(new GrpcServer.Admission.Granted(call));
            return;
        }
        if (context.draining().getAsBoolean()) {
            then.accept(new GrpcServer.Admission.Refused(
                    Problem.of(ClientError.DRAINING, "this server is going away: connect again")
                            .retryAfter(Duration.ofSeconds(1))));
            return;
        }
        boolean later = method.getType() == MethodDescriptor.MethodType.BIDI_STREAMING;
        var authenticator = context.callers().authenticator();
        authenticator.authenticate(
                exchange,
                result -> then.accept(
                        switch (result) {
                            case Authenticator.Result.Known(var identity) ->
                                new GrpcServer.Admission.Granted(GrpcCaller.known(call, identity));
                            case Authenticator.Result.Refused(var problem) -> new GrpcServer.Admission.Refused(problem);
                            case Authenticator.Result.Absent() -> {
                                if (authenticator.acceptsAnybody()) {
                                    yield new GrpcServer.Admission.Granted(GrpcCaller.known(call, Identity.ANYBODY));
                                }
                                yield later
                                        ? new GrpcServer.Admission.Granted(call)
                                        : new GrpcServer.Admission.Refused(Problem.of(
                                                ClientError.UNAUTHENTICATED, "send a token as authorization: Bearer"));
                            }
                        }));
    }
}
