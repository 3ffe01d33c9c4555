package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.sluice.net.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The body of the request that an HTTP/1.1 connection reads: framed, handed to its exchange as that takes it, watched for its
 * pace, and dropped once nobody wants it. Confined to its loop.
 */
final class Http1Body {
    /** Bytes of an unwanted body that are read and dropped to keep the connection; beyond it the connection closes. */
    private static final int MAX_DISCARD = 256 << 10;

    private final Exchange exchange;
    private final Http1Carrier carrier;
    private final Http1Connection connection;
    private final HttpSettings settings;
    private final BodyFraming framing;
    private final BodyPace pace;
    private long discarded;

    Http1Body(
            RequestHead head,
            Exchange exchange,
            Http1Carrier carrier,
            Http1Connection connection,
            HttpSettings settings,
            Clock clock) {
        this.exchange = exchange;
        this.carrier = carrier;
        this.connection = connection;
        this.settings = settings;
        this.framing = new BodyFraming(head.length(), settings.maxHeaderBytes(), settings.maxFields());
        this.pace = new BodyPace(clock);
    }

    boolean isDone() {
        return framing.isDone();
    }

    /** True while more bytes would be handed on or dropped. */
    boolean wantsBytes() {
        return carrier.responseEnded() || exchange.wantsPart();
    }

    /** The exchange waits for the peer from now on; {@code mayPause}: it may take any time. */
    void wanted(boolean mayPause) {
        if (mayPause) {
            connection.noDeadline();
        } else {
            connection.deadline(settings.bodyTimeout());
            pace.wanted();
        }
    }

    /**
     * Goes one step with the bytes at hand; false when it waits for more of them or for the exchange.
     *
     * @param in still the caller's
     * @param inputEnded nothing follows them
     */
    boolean step(@Nullable ByteBuf in, boolean inputEnded) {
        boolean discarding = carrier.responseEnded();
        if (!wantsBytes()) {
            return false;
        }
        if (discarding && (carrier.continueIsExpected() || isTooLongToDiscard())) {
            connection.closeBehindResponse();
            return false;
        }
        ByteBuf part;
        try {
            part = in == null ? null : framing.next(in);
        } catch (Refusal refusal) {
            connection.bodyBroken(exchange, Abuse.MALFORMED, refusal.problem());
            return true;
        }
        if (part != null) {
            take(part, discarding);
            return true;
        }
        if (framing.isDone()) {
            connection.bodyEnded(exchange, framing.trailers());
            return true;
        }
        if (inputEnded) {
            var problem = Problem.of(ClientError.BAD_REQUEST, "the body ended before its length was reached");
            connection.bodyBroken(exchange, null, problem);
        }
        return inputEnded;
    }

    private void take(ByteBuf part, boolean discarding) {
        if (discarding) {
            connection.deadline(settings.bodyTimeout());
            discarded += part.readableBytes();
            part.release();
            return;
        }
        // The reader may take its time; the peer's time counts again once more is wanted.
        connection.noDeadline();
        if (pace.came(part.readableBytes())) {
            exchange.part(part);
        } else {
            part.release();
            tooSlow();
        }
    }

    /** The peer has kept the reader waiting for too long. */
    void tooSlow() {
        var problem = Problem.of(ClientError.REQUEST_TIMEOUT, "the body made no progress");
        connection.bodyBroken(exchange, Abuse.SLOW_BODY, problem);
    }

    /** True when the rest is not worth reading only to drop it. */
    private boolean isTooLongToDiscard() {
        return discarded > MAX_DISCARD || framing.remaining() > MAX_DISCARD;
    }
}
