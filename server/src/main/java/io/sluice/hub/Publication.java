package io.sluice.hub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One stored message of a channel: immutable, shared by every reader on every thread, with its encodings.
 *
 * <p>Each wire's encoding is made once, by the first reader that asks, and kept here until {@link #release}. A reader holds
 * a reference of its own while it uses the bytes, so release and reading need no lock between them. Of unlisted wires the
 * first {@link Wire#MAX_UNLISTED} that ask are kept, also when nobody reads in that form any more.
 */
public final class Publication {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(ByteBuf[].class);
    private static final VarHandle UNLISTED = unlisted();

    private final ChannelName channel;
    private final Position position;
    private final long timeMillis;
    private final String event;
    private final @Nullable String from;
    private final Map<String, String> headers;
    private final Payload payload;
    private final @Nullable ByteBuf[] encodings = new ByteBuf[Wire.MAX_WIRES];
    private volatile @Nullable Kept unlisted;
    private volatile boolean released;

    public Publication(
            ChannelName channel,
            Position position,
            Instant time,
            String event,
            @Nullable String from,
            Map<String, String> headers,
            Payload payload) {
        this.channel = channel;
        this.position = position;
        this.timeMillis = time.toEpochMilli();
        this.event = event;
        this.from = from;
        this.headers = headers;
        this.payload = payload;
    }

    /** The publication that {@code draft} becomes at {@code position}. */
    public static Publication of(ChannelName channel, Position position, Instant time, Draft draft) {
        return new Publication(channel, position, time, draft.event(), draft.from(), draft.headers(), draft.payload());
    }

    public ChannelName channel() {
        return channel;
    }

    public Position position() {
        return position;
    }

    public long offset() {
        return position.offset();
    }

    /** When it was appended, to the millisecond. */
    public Instant time() {
        return Instant.ofEpochMilli(timeMillis);
    }

    public long timeMillis() {
        return timeMillis;
    }

    public String event() {
        return event;
    }

    public @Nullable String from() {
        return from;
    }

    public Map<String, String> headers() {
        return headers;
    }

    public Payload payload() {
        return payload;
    }

    /** What it counts for against limits in bytes: payload, names and a fixed overhead. */
    public int weight() {
        int weight = 96 + payload.bytes().length + event.length();
        for (var header : headers.entrySet()) {
            weight += header.getKey().length() + header.getValue().length() + 32;
        }
        return weight;
    }

    /**
     * The bytes of this publication in {@code wire}, with a reference that the caller releases. Shared: the caller must not
     * move the indices of the buffer itself, only of a duplicate. Thread-safe.
     */
    public ByteBuf encoded(Wire wire, ByteBufAllocator allocator) {
        if (wire.index() == Wire.UNLISTED) {
            return encodedUnlisted(wire, allocator);
        }
        var shared = (ByteBuf) SLOT.getAcquire(encodings, wire.index());
        if (shared != null) {
            try {
                return shared.retain();
            } catch (IllegalReferenceCountException evictedMeanwhile) {
                return wire.encode(this, allocator);
            }
        }
        var own = wire.encode(this, allocator);
        own.retain(); // one reference for the slot, one for the caller
        if (!SLOT.compareAndSet(encodings, wire.index(), null, own)) {
            own.release();
            return own;
        }
        if (released) {
            release();
        }
        return own;
    }

    private ByteBuf encodedUnlisted(Wire wire, ByteBufAllocator allocator) {
        var kept = find(unlisted, wire);
        if (kept != null) {
            try {
                return kept.bytes.retain();
            } catch (IllegalReferenceCountException evictedMeanwhile) {
                return wire.encode(this, allocator);
            }
        }
        var own = wire.encode(this, allocator);
        var first = unlisted;
        while (find(first, wire) == null && (first == null || first.depth < Wire.MAX_UNLISTED)) {
            own.retain(); // one reference for the list, one for the caller
            if (UNLISTED.compareAndSet(this, first, new Kept(wire, own, first))) {
                if (released) {
                    release();
                }
                return own;
            }
            own.release();
            first = unlisted;
        }
        return own;
    }

    private static @Nullable Kept find(@Nullable Kept first, Wire wire) {
        for (var kept = first; kept != null; kept = kept.next) {
            if (kept.wire == wire) {
                return kept;
            }
        }
        return null;
    }

    /** Gives the kept encodings back: the log does so when the publication leaves memory. Idempotent, thread-safe. */
    public void release() {
        released = true;
        for (int i = 0; i < encodings.length; i++) {
            var kept = (ByteBuf) SLOT.getAndSet(encodings, i, null);
            if (kept != null) {
                kept.release();
            }
        }
        for (var kept = (Kept) UNLISTED.getAndSet(this, null); kept != null; kept = kept.next) {
            kept.bytes.release();
        }
    }

    private static VarHandle unlisted() {
        try {
            return MethodHandles.lookup().findVarHandle(Publication.class, "unlisted", Kept.class);
        } catch (ReflectiveOperationException ours) {
            throw new ExceptionInInitializerError(ours);
        }
    }

    /** The encoding of an unlisted wire; a list that only grows at its head, up to {@link Wire#MAX_UNLISTED}. */
    private static final class Kept {
        final Wire wire;
        final ByteBuf bytes;
        final @Nullable Kept next;
        final int depth;

        Kept(Wire wire, ByteBuf bytes, @Nullable Kept next) {
            this.wire = wire;
            this.bytes = bytes;
            this.next = next;
            this.depth = next == null ? 1 : next.depth + 1;
        }
    }
}
