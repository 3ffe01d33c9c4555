package io.sluice.hub.transport;

import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.sluice.auth.Identity;
import io.sluice.grpc.GrpcServer;
import io.sluice.grpc.Reflection;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.hub.Outcome;
import io.sluice.proto.v1.HubGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** gRPC and gRPC-Web on the edge listener: the service {@code sluice.v1.Hub}, health and reflection. */
final class GrpcTransport implements Transport {
    /** What a publish request may hold beside its message: names, headers, keys. */
    private static final int ENVELOPE_BYTES = 64 << 10;

    private final Transports.Context context;
    private final HealthStatusManager health = new HealthStatusManager();
    private final GrpcServer server;

    GrpcTransport(Transports.Context context) {
        this.context = context;
        health.setStatus(HubGrpc.SERVICE_NAME, ServingStatus.SERVING);
        var described = List.of(
                new GrpcHub(context).service(), health.getHealthService().bindService());
        var services = new ArrayList<>(described);
        services.addAll(Reflection.of(described));
        this.server = new GrpcServer(
                services,
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

    @Override
    public void leaving() {
        health.enterTerminalState();
    }

    /** Health and reflection are for everybody; a Connect may say later who it is. */
    private void admit(
            HttpExchange exchange, MethodDescriptor<?, ?> method, Context call, Consumer<GrpcServer.Admission> then) {
        if (!HubGrpc.SERVICE_NAME.equals(method.getServiceName())) {
            then.accept(new GrpcServer.Admission.Granted(call));
            return;
        }
        var leaving = context.leaving();
        if (leaving != null) {
            then.accept(new GrpcServer.Admission.Refused(leaving));
            return;
        }
        switch (method.getType()) {
            case SERVER_STREAMING ->
                context.callers()
                        .session(exchange, false, (outcome, unknown) -> then.accept(admission(call, outcome, unknown)));
            case BIDI_STREAMING ->
                context.callers()
                        .session(exchange, true, (outcome, unknown) -> then.accept(admission(call, outcome, unknown)));
            default -> context.callers().request(exchange, outcome -> then.accept(admission(call, outcome, false)));
        }
    }

    private static GrpcServer.Admission admission(Context call, Outcome<Identity> outcome, boolean unknown) {
        return switch (outcome) {
            case Outcome.Refused<Identity>(var problem) -> new GrpcServer.Admission.Refused(problem);
            case Outcome.Done<Identity>(var identity) ->
                new GrpcServer.Admission.Granted(GrpcCaller.in(call, identity, unknown));
        };
    }
}
