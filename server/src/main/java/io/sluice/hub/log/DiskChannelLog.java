package io.sluice.hub.log;

import io.sluice.config.NamespaceConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.HotTail;
import io.sluice.hub.Publication;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel of the disk engine: a tail in memory in front of the store. Appends wait for the writer's turn; reads are served
 * from the tail, else from {@link ColdBlocks}.
 *
 * <p>Fields that say so belong to the writer's turn. {@link #enter} and {@link #leave} count what is under way, so that a
 * channel is let go of only when nothing is.
 */
final class DiskChannelLog implements ChannelLog {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final ChannelName name;
    private final long epoch;
    private final NamespaceConfig settings;
    private final Consumer<ChannelLog> listener;
    private final DiskShared shared;
    private final DiskWriter writer;
    private final HotTail tail;
    private final byte[] key;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile long oldest;
    /** The writer's. */
    private ChannelState state;
    /** The writer's: everything before it is deleted in the store. */
    private long floor;
    /** The writer's: weight of what is no longer held and not yet deleted. */
    private long undeletedBytes;
    /** The writer's: present while the oldest publications are not in the tail and one had to go. */
    private @Nullable OldestWindow window;

    DiskChannelLog(
            ChannelName name,
            long epoch,
            NamespaceConfig settings,
            Consumer<ChannelLog> listener,
            DiskShared shared,
            DiskWriter writer,
            HotTail tail,
            ChannelState state) {
        this.name = name;
        this.epoch = epoch;
        this.settings = settings;
        this.listener = listener;
        this.shared = shared;
        this.writer = writer;
        this.tail = tail;
        this.state = state;
        this.oldest = state.oldest();
        this.key = StoreKeys.channel(name);
    }

    @Override
    public ChannelName name() {
        return name;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public long newest() {
        return tail.newest();
    }

    @Override
    public long oldest() {
        return oldest;
    }

    @Override
    public @Nullable Publication peek(long offset) {
        return offset < oldest ? null : tail.peek(offset);
    }

    @Override
    public void append(Draft draft, Consumer<Appended> answer) {
        long fingerprint = draft.idempotencyKey() == null ? 0 : Fingerprint.of(draft);
        if (!enter()) {
            answer.accept(Refusals.because(ClientError.OVERLOADED, "the channel is being closed"));
            return;
        }
        writer.submit(new Work.Append(this, draft, fingerprint, answer));
    }

    @Override
    public void read(long after, int limit, int maxBytes, Consumer<Batch> batch) {
        new ColdRead(this, shared.blocks(), tail, limit, maxBytes, batch).from(after);
    }

    /** Counts something under way; false when this log was let go of. */
    boolean enter() {
        return underWay.updateAndGet(n -> n < 0 ? n : n + 1) > 0;
    }

    void leave() {
        underWay.decrementAndGet();
    }

    /** Lets go of the memory unless something is under way; then all appends are refused. */
    boolean closeIfIdle() {
        if (!underWay.compareAndSet(0, CLOSED)) {
            return false;
        }
        tail.clear();
        return true;
    }

    /** Gives the memory back, whatever is under way: the store is closed. */
    void close() {
        tail.clear();
    }

    /** For the writer's turn: what is stored of the publication at {@code offset}, which is held. */
    OldestWindow.Entry held(long offset) {
        var hot = tail.peek(offset);
        if (hot != null) {
            window = null;
            return new OldestWindow.Entry(hot.weight(), hot.timeMillis());
        }
        if (window == null || !window.covers(offset)) {
            window = OldestWindow.load(shared.store(), this, offset, newest());
        }
        return window.at(offset);
    }

    /** For the writer's turn: shows what {@code stage} wrote. */
    void apply(ChannelStage stage) {
        for (var publication : stage.added()) {
            tail.add(publication);
        }
        tail.trimTo(stage.oldest());
        state = stage.state();
        oldest = state.oldest();
        floor = stage.floor();
        undeletedBytes = stage.undeletedBytes();
    }

    void tellListener() {
        Callbacks.run(() -> listener.accept(this));
    }

    NamespaceConfig settings() {
        return settings;
    }

    ChannelState state() {
        return state;
    }

    long floor() {
        return floor;
    }

    long undeletedBytes() {
        return undeletedBytes;
    }

    byte[] key() {
        return key;
    }

    static Problem unreadable(String why) {
        return Refusals.storage("the log cannot be read at the moment: " + why);
    }
}
