package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.Clock;
import org.jspecify.annotations.Nullable;

/** The body of the request that an HTTP/1.1 connection reads: framed, and watched for its pace. Confined to its loop. */
final class Http1Body {
    /** Bytes of an unwanted body that are read and dropped to keep the connection; beyond it the connection closes. */
    private static final int MAX_DISCARD = 256 << 10;

    private final BodyFraming framing;
    private final BodyPace pace;
    private long discarded;

    Http1Body(RequestHead head, HttpSettings settings, Clock clock) {
        framing = new BodyFraming(head.length(), settings.maxHeaderBytes(), settings.maxFields());
        pace = new BodyPace(clock);
    }

    boolean isDone() {
        return framing.isDone();
    }

    HttpHeaders trailers() {
        return framing.trailers();
    }

    /** The next part, the caller's; null when it is done or more bytes are needed. Throws {@link Refusal}. */
    @Nullable
    ByteBuf next(@Nullable ByteBuf in) {
        return in == null ? null : framing.next(in);
    }

    /** The reader waits for the peer from now on. */
    void wanted() {
        pace.wanted();
    }

    /** False when the peer that sent this part has been too slow. */
    boolean keepsPace(ByteBuf part) {
        return pace.came(part.readableBytes());
    }

    /** Drops a part that nobody wants. */
    void discard(ByteBuf part) {
        discarded += part.readableBytes();
        part.release();
    }

    /** True when the rest is not worth reading only to drop it. */
    boolean isTooLongToDiscard() {
        return discarded > MAX_DISCARD || framing.remaining() > MAX_DISCARD;
    }
}
