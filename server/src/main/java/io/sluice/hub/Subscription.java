package io.sluice.hub;

import io.netty.buffer.ByteBuf;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.LagPolicy;
import io.sluice.net.Outlet;
import org.jspecify.annotations.Nullable;

/**
 * One session's interest in one channel, read into one inbox: a cursor and nothing else. Confined to the session's loop.
 *
 * <p>A subscription always does the same thing: it takes from the log what follows its cursor while its inbox is writable.
 * It does so when the channel wakes it (then it is live, usually one publication behind), when its socket turns writable
 * again and when it starts (then it is behind). There is no second way for a publication to reach it, so joining, catching up
 * and being slow need no hand-over between them.
 */
public final class Subscription extends Reader {
    private final Session session;
    private final Inbox inbox;
    private final HubChannel channel;
    private final LoopReaders readers;
    private final Wire wire;
    private final boolean single;
    private long next;
    private @Nullable Gap untold;
    private @Nullable Outlet outlet;
    private boolean readingCold;
    private boolean held;
    private boolean closed;

    Subscription(Session session, Inbox inbox, HubChannel channel, LoopReaders readers, Start.Begun begun) {
        this.session = session;
        this.inbox = inbox;
        this.channel = channel;
        this.readers = readers;
        this.wire = inbox.wire();
        this.single = inbox.onePublicationAtATime();
        this.next = begun.next();
        this.untold = begun.gap();
    }

    public HubChannel channel() {
        return channel;
    }

    Inbox inbox() {
        return inbox;
    }

    /**
     * The cursor: the position of the last publication that was handed to the inbox or told as missing. A gap that is still
     * to be told lies after it, so that whoever comes back with it is told.
     */
    public Position position() {
        if (untold != null) {
            var from = untold.from();
            return new Position(from.epoch(), from.offset() - 1);
        }
        return new Position(channel.log().epoch(), next - 1);
    }

    /** How many publications this reader is behind. */
    @Override
    public long lag() {
        return channel.log().newest() - next + 1;
    }

    @Override
    boolean takes() {
        return !closed && !readingCold && mayDeliver();
    }

    private boolean mayDeliver() {
        return !held && (outlet != null ? outlet.writable() : inbox.writable());
    }

    @Override
    void woken(LoopReaders turn) {
        if (closed || readingCold) {
            return;
        }
        if (!mayDeliver()) {
            closeIfTooFarBehind();
            return;
        }
        pump();
    }

    @Override
    void failed() {
        inbox.disconnect(Disconnect.INTERNAL);
    }

    @Override
    void noticed(LoopReaders.EncodedNotice encoded) {
        if (!closed && session.wantsNotices()) {
            inbox.notice(encoded.in(wire));
        }
    }

    /** Says whether an answer that must come first is being made: nothing is delivered meanwhile. */
    void hold(boolean on) {
        held = on;
    }

    /** Goes on after the inbox turned writable, and once at the start. */
    public void resume() {
        if (outlet == null) {
            outlet = inbox.outlet();
        }
        if (!closed && !readingCold) {
            pump();
            readers.endTurn();
        }
    }

    /** Goes back to a position that it had: what follows will be delivered again, or told as missing. */
    public void backTo(Position position) {
        switch (new Start.After(position).resolve(channel.log())) {
            case Start.Resolved.Bad(var problem) -> throw new IllegalStateException(problem.detail());
            case Start.Resolved.At(var begun) -> {
                next = begun.next();
                untold = begun.gap();
            }
        }
    }

    void close() {
        if (!closed) {
            closed = true;
            readers.remove(this);
            channel.release();
        }
    }

    private void pump() {
        var log = channel.log();
        while (!closed && mayDeliver()) {
            if (untold != null) {
                var gap = untold;
                untold = null;
                inbox.gap(this, gap);
                session.metrics().gap();
                continue;
            }
            long newest = log.newest();
            if (next > newest) {
                return;
            }
            long oldest = log.oldest();
            if (next < oldest) {
                skipTo(oldest);
                continue;
            }
            if (channel.settings().lagPolicy() == LagPolicy.LATEST && next < newest) {
                skipTo(newest);
                continue;
            }
            long last = readers.encode(wire, next, newest, single);
            if (last == 0) {
                if (next >= log.oldest()) {
                    readCold();
                    return;
                }
                continue;
            }
            deliver(readers.bytes(wire), last);
        }
    }

    private void deliver(ByteBuf bytes, long last) {
        long first = next;
        next = last + 1; // before the inbox sees it: position() is then the cursor after this delivery
        if (outlet != null) {
            outlet.write(bytes);
        } else {
            inbox.deliver(this, bytes, first, last);
        }
        readers.delivered(last - first + 1);
    }

    /** What is before {@code offset} will never be sent to this reader. */
    private void skipTo(long offset) {
        long epoch = channel.log().epoch();
        untold = new Gap(channel.name(), new Position(epoch, next), new Position(epoch, offset - 1));
        next = offset;
    }

    /** The log holds what follows, but not in memory: reads it elsewhere and comes back to this loop. */
    private void readCold() {
        readingCold = true;
        channel.log()
                .read(
                        next - 1,
                        inbox.readAhead(),
                        LoopReaders.BATCH_BYTES,
                        batch -> session.loop().execute(() -> coldRead(batch)));
    }

    private void coldRead(ChannelLog.Batch batch) {
        readingCold = false;
        if (closed) {
            return;
        }
        switch (batch) {
            case ChannelLog.Batch.Found(var publications) -> {
                var rest = publications;
                while (!closed
                        && untold == null
                        && !rest.isEmpty()
                        && rest.getFirst().offset() == next) {
                    long last = readers.encode(wire, rest, single);
                    int taken = (int) (last - next + 1);
                    deliver(readers.bytes(wire), last);
                    rest = rest.subList(taken, rest.size());
                }
                resume();
            }
            case ChannelLog.Batch.Failed(var problem) -> inbox.disconnect(Disconnect.INTERNAL);
        }
    }

    private void closeIfTooFarBehind() {
        NamespaceConfig settings = channel.settings();
        if (settings.lagPolicy() == LagPolicy.CLOSE && lag() > settings.maxLag()) {
            inbox.disconnect(Disconnect.TOO_SLOW);
        }
    }
}
