package io.sluice.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;

/** Problems as gRPC tells them: a status code, and {@code google.rpc.Status} details that a program can read. */
public final class GrpcProblems {
    private static final String DOMAIN = "sluice";
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private GrpcProblems() {}

    /** What a call ends with. {@code instance} is the request's id. */
    public static StatusRuntimeException exception(Problem problem, String instance) {
        var error = problem.error();
        var info = ErrorInfo.newBuilder()
                .setDomain(DOMAIN)
                .setReason(error.name())
                .putMetadata("type", "urn:sluice:problem:" + error.code())
                .putMetadata("instance", instance);
        problem.extra().forEach((name, value) -> info.putMetadata(name, value.toString()));
        var status = com.google.rpc.Status.newBuilder()
                .setCode(code(error).value())
                .setMessage(problem.detail())
                .addDetails(Any.pack(info.build()));
        var trailers = new Metadata();
        var wait = problem.retryAfter();
        if (wait != null) {
            var delay = Duration.newBuilder().setSeconds(wait.getSeconds()).setNanos(wait.getNano());
            status.addDetails(
                    Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
            trailers.put(PUSHBACK, Long.toString(wait.toMillis()));
        }
        var field = problem.extra().get("field");
        if (field != null) {
            var violation = BadRequest.FieldViolation.newBuilder()
                    .setField(field.toString())
                    .setDescription(problem.detail());
            status.addDetails(Any.pack(
                    BadRequest.newBuilder().addFieldViolations(violation).build()));
        }
        return StatusProto.toStatusRuntimeException(status.build(), trailers);
    }

    /** The trailers that an exception carries. */
    public static Metadata trailers(StatusRuntimeException exception) {
        var trailers = exception.getTrailers();
        return trailers == null ? new Metadata() : trailers;
    }

    /** The status code that stands for an error. */
    public static Status.Code code(ClientError error) {
        return switch (error.status()) {
            case 401 -> Status.Code.UNAUTHENTICATED;
            case 403 -> Status.Code.PERMISSION_DENIED;
            case 404 -> Status.Code.NOT_FOUND;
            case 405, 406, 415, 501 -> Status.Code.UNIMPLEMENTED;
            case 408, 504 -> Status.Code.DEADLINE_EXCEEDED;
            case 409, 412, 417, 422 -> Status.Code.FAILED_PRECONDITION;
            case 413, 429 -> Status.Code.RESOURCE_EXHAUSTED;
            case 500 -> Status.Code.INTERNAL;
            case 502, 503 -> Status.Code.UNAVAILABLE;
            default -> Status.Code.INVALID_ARGUMENT;
        };
    }
}
