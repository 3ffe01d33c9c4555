package io.sluice.hub.transport;

import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.Disconnect;

/** Why a stream ends before its client ended it. */
final class GrpcEndings {
    private GrpcEndings() {}

    /** The problem that says the same as the close code. */
    static Problem problem(Disconnect why) {
        var error = switch (why) {
            case UNAUTHENTICATED -> ClientError.UNAUTHENTICATED;
            case FORBIDDEN -> ClientError.FORBIDDEN;
            case TIMEOUT -> ClientError.REQUEST_TIMEOUT;
            case TOO_SLOW, RATE_LIMITED -> ClientError.RATE_LIMITED;
            case DRAINING, GOING_AWAY, NORMAL -> ClientError.DRAINING;
            case REPLACED -> ClientError.CONFLICT;
            case TOO_LARGE, FRAME_TOO_LARGE -> ClientError.TOO_LARGE;
            case BAD_MESSAGE, PROTOCOL_ERROR, UNSUPPORTED_DATA, INVALID_TEXT -> ClientError.BAD_REQUEST;
            default -> ClientError.INTERNAL;
        };
        return Problem.of(error, why.reason());
    }
}
