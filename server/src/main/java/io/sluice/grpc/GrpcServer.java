package io.sluice.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.net.Outlet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves services of the io.grpc API as routes of an HTTP listener: gRPC over HTTP/2, gRPC-Web over any version. Built once
 * at start; thread-safe.
 */
public final class GrpcServer {
    /** The exchange of the call that the current context belongs to. */
    public static final Context.Key<HttpExchange> EXCHANGE = Context.key("sluice-exchange");
    /** The form of that call, which encoded messages must be in. */
    public static final Context.Key<GrpcForm> FORM = Context.key("sluice-grpc-form");
    /** Whether that call's responses are compressed with gzip: where the client compresses its own and takes it. */
    public static final Context.Key<Boolean> GZIP = Context.key("sluice-grpc-gzip");

    /**
     * Where that call's frames leave, for a service that has them encoded already and sends them by the thousand: null before the
     * call's headers were sent, the same from then on. Confined to the exchange's loop.
     */
    public static final Context.Key<Supplier<@Nullable Outlet>> OUTLET = Context.key("sluice-grpc-outlet");

    private final List<ServerServiceDefinition> services;
    private final Gate gate;
    private final int maxMessageBytes;
    private final ByteBufAllocator allocator;

    /** @param maxMessageBytes of one request message; a larger one is RESOURCE_EXHAUSTED */
    public GrpcServer(
            List<ServerServiceDefinition> services, Gate gate, int maxMessageBytes, ByteBufAllocator allocator) {
        this.services = List.copyOf(services);
        this.gate = gate;
        this.maxMessageBytes = maxMessageBytes;
        this.allocator = allocator;
    }

    /** Decides whether a call may begin. */
    @FunctionalInterface
    public interface Gate {
        /** {@code then} runs once on the exchange's loop, perhaps before this returns. */
        void admit(HttpExchange exchange, MethodDescriptor<?, ?> method, Context context, Consumer<Admission> then);
    }

    /** What a gate decided. */
    public sealed interface Admission {
        /** @param context what the service sees as the current context */
        record Granted(Context context) implements Admission {}

        record Refused(Problem problem) implements Admission {}
    }

    /** Adds a route for every service. */
    public void addTo(HttpRoutes routes) {
        for (var service : services) {
            var name = service.getServiceDescriptor().getName();
            routes.add("POST", "/" + name + "/{method}", exchange -> call(service, exchange));
        }
    }

    private void call(ServerServiceDefinition service, HttpExchange exchange) {
        var form = GrpcForm.of(exchange.headers().get("content-type"));
        if (form == null) {
            exchange.refuse(Problem.of(
                    ClientError.UNSUPPORTED_MEDIA,
                    "the content-type must be application/grpc, application/grpc-web or application/grpc-web-text"));
            return;
        }
        var response = new GrpcResponse(exchange, form, allocator);
        var name = MethodDescriptor.generateFullMethodName(
                service.getServiceDescriptor().getName(), exchange.parameter("method"));
        var method = service.getMethod(name);
        if (method == null) {
            response.end(Status.UNIMPLEMENTED.withDescription("there is no method " + name), new Metadata());
            return;
        }
        var encoding = exchange.headers().get("grpc-encoding");
        boolean gzip = "gzip".equals(encoding);
        if (encoding != null && !gzip && !encoding.equals("identity")) {
            response.end(Status.UNIMPLEMENTED.withDescription("messages may be gzip or identity"), new Metadata());
            return;
        }
        if (gzip) {
            response.compressWith("gzip");
        }
        begin(exchange, method, new MessageReader(maxMessageBytes, gzip, allocator), response);
    }

    private <Q, R> void begin(
            HttpExchange exchange, ServerMethodDefinition<Q, R> method, MessageReader reader, GrpcResponse response) {
        var timeout = exchange.headers().get("grpc-timeout");
        var timeoutNanos = timeout == null ? null : GrpcTimeout.nanos(timeout);
        if (timeout != null && timeoutNanos == null) {
            response.end(
                    Status.INTERNAL.withDescription("grpc-timeout must be 1 to 8 digits and a unit"), new Metadata());
            return;
        }
        var context = Context.ROOT.withValues(
                EXCHANGE, exchange, FORM, response.form(), GZIP, response.compresses(), OUTLET, response::outlet);
        gate.admit(exchange, method.getMethodDescriptor(), context, admission -> {
            switch (admission) {
                case Admission.Refused(var problem) -> {
                    var refused = GrpcProblems.exception(problem, exchange.requestId());
                    response.end(refused.getStatus(), GrpcProblems.trailers(refused));
                }
                case Admission.Granted(var granted) ->
                    new GrpcCall<>(exchange, method.getMethodDescriptor(), granted.withCancellation(), reader, response)
                            .start(
                                    method.getServerCallHandler(),
                                    MetadataFields.read(exchange.headers()),
                                    timeoutNanos);
            }
        });
    }
}
