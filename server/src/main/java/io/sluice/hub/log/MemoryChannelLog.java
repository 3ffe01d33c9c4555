package io.sluice.hub.log;

import io.sluice.config.DataSize;
import io.sluice.config.NamespaceConfig;
import io.sluice.http.ClientError;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Epoch;
import io.sluice.hub.HotTail;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import io.sluice.net.Clock;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel of the memory engine: its tail is the whole log.
 *
 * <p>Design note. The lock is a leaf: it orders appends and guards the tail's writer side. The listener and the answers run
 * outside it, yet in order, one at a time: whoever appends puts its news in a queue under the lock, and the first to find
 * nobody telling news tells all there is. So a listener may append, and a slow one holds up only its channel. The queue is
 * bounded; at the bound an append is refused.
 */
final class MemoryChannelLog implements ChannelLog {
    private static final int MAX_UNTOLD = 4_096;

    /** What all channels of the engine have in common. */
    record Shared(Clock clock, RememberedKeys keys, AtomicLong used, DataSize limit) {}

    private record News(boolean visible, Appended appended, Consumer<Appended> answer) {}

    private final ChannelName name;
    private final long epoch;
    private final NamespaceConfig settings;
    private final Consumer<ChannelLog> listener;
    private final Shared shared;
    private final HotTail tail;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<News> untold = new ArrayDeque<>();
    private boolean telling;
    private boolean closed;

    MemoryChannelLog(
            ChannelName name, int generation, NamespaceConfig settings, Consumer<ChannelLog> listener, Shared shared) {
        this.name = name;
        this.epoch = Epoch.of(name, generation);
        this.settings = settings;
        this.listener = listener;
        this.shared = shared;
        this.tail = new HotTail(0, settings.maxMessages(), settings.maxBytes().bytes());
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
        return tail.oldest();
    }

    @Override
    public @Nullable Publication peek(long offset) {
        return tail.peek(offset);
    }

    @Override
    public void append(Draft draft, Consumer<Appended> answer) {
        long fingerprint = draft.idempotencyKey() == null ? 0 : Fingerprint.of(draft);
        boolean tell;
        lock.lock();
        try {
            if (untold.size() >= MAX_UNTOLD) {
                tell = false;
            } else {
                var appended = decide(draft, fingerprint);
                untold.add(new News(appended instanceof Appended.Stored, appended, answer));
                if (telling) {
                    return;
                }
                telling = true;
                tell = true;
            }
        } finally {
            lock.unlock();
        }
        if (tell) {
            tellNews();
        } else {
            answer.accept(
                    Refusals.because(ClientError.OVERLOADED, "too many publications wait for this channel's readers"));
        }
    }

    private Appended decide(Draft draft, long fingerprint) {
        if (closed) {
            return Refusals.because(ClientError.OVERLOADED, "the channel is being closed");
        }
        var key = draft.idempotencyKey();
        if (key != null) {
            var earlier = shared.keys().find(name, key, shared.clock().nanos());
            if (earlier != null) {
                return earlier.fingerprint() == fingerprint
                        ? new Appended.Replayed(earlier.position(), earlier.time())
                        : Refusals.otherBody();
            }
        }
        if (draft.ifNewest() != null && !isNewest(draft.ifNewest())) {
            return Refusals.notNewest(new Position(epoch, tail.newest()));
        }
        return store(draft, key, fingerprint);
    }

    private boolean isNewest(Position position) {
        return position.epoch() == epoch && position.offset() == tail.newest();
    }

    private Appended store(Draft draft, @Nullable String key, long fingerprint) {
        var position = new Position(epoch, tail.newest() + 1);
        var now = shared.clock().now();
        var publication = Publication.of(name, position, now, draft);
        boolean grows = tail.newest() + 1 - tail.oldest() < settings.maxMessages()
                && tail.bytes() + publication.weight() <= settings.maxBytes().bytes();
        if (grows && shared.used().get() + publication.weight() > shared.limit().bytes()) {
            return Refusals.because(
                    ClientError.OVERLOADED, "the memory engine has reached its limit of " + shared.limit());
        }
        long before = tail.bytes();
        tail.add(publication);
        shared.used().addAndGet(tail.bytes() - before);
        if (key != null) {
            long expires = shared.clock().nanos() + settings.idempotencyWindow().toNanos();
            shared.keys()
                    .remember(name, key, new RememberedKeys.Use(position, publication.time(), fingerprint, expires));
        }
        return new Appended.Stored(position, publication.time());
    }

    private void tellNews() {
        for (var news = nextNews(); news != null; news = nextNews()) {
            Callbacks.run(news.visible() ? () -> listener.accept(this) : Callbacks.NOTHING);
            var told = news;
            Callbacks.run(() -> told.answer().accept(told.appended()));
        }
    }

    private @Nullable News nextNews() {
        lock.lock();
        try {
            var news = untold.poll();
            telling = news != null;
            return news;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void read(long after, int limit, int maxBytes, Consumer<Batch> batch) {
        batch.accept(new Batch.Found(TailReads.since(tail, after, limit, maxBytes)));
    }

    /** Gives up what is older than the namespace keeps. */
    void dropAged() {
        long aged = shared.clock().now().minus(settings.maxAge()).toEpochMilli();
        var first = tail.peek(tail.oldest());
        if (first == null || first.timeMillis() > aged) {
            return;
        }
        lock.lock();
        try {
            long offset = tail.oldest();
            for (var next = tail.peek(offset); next != null && next.timeMillis() <= aged; next = tail.peek(offset)) {
                offset++;
            }
            trimTo(offset);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses all appends from now on, if nothing was ever appended. */
    boolean closeIfNeverUsed() {
        lock.lock();
        try {
            closed = closed || (tail.newest() == 0 && !telling);
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses all appends from now on and gives the memory back. */
    void close() {
        lock.lock();
        try {
            closed = true;
            trimTo(tail.newest() + 1);
        } finally {
            lock.unlock();
        }
    }

    private void trimTo(long offset) {
        long before = tail.bytes();
        tail.trimTo(offset);
        shared.used().addAndGet(tail.bytes() - before);
    }
}
