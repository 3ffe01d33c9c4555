package io.sluice.hub;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One read of one channel: which offsets are meant, then the page of them. */
final class PageRead {
    private final HubChannel channel;
    private final ReadRequest request;
    private final Consumer<Outcome<Page>> result;
    private final long newest;

    private PageRead(HubChannel channel, ReadRequest request, Consumer<Outcome<Page>> result) {
        this.channel = channel;
        this.request = request;
        this.result = result;
        this.newest = channel.log().newest();
    }

    /** Reads once. {@code result} runs once, on any thread, perhaps before this returns. */
    static void start(HubChannel channel, ReadRequest request, Consumer<Outcome<Page>> result) {
        new PageRead(channel, request, result).start();
    }

    private void start() {
        if (request.before() != null) {
            switch (new Start.After(request.before()).resolve(channel.log())) {
                case Start.Resolved.Bad(var problem) -> result.accept(new Outcome.Refused<>(problem));
                case Start.Resolved.At(var begun) -> backwards(begun.next() - 2, request.limit());
            }
        } else if (request.start() != null) {
            switch (request.start().resolve(channel.log())) {
                case Start.Resolved.Bad(var problem) -> result.accept(new Outcome.Refused<>(problem));
                case Start.Resolved.At(var begun) -> forwards(begun.next(), begun.gap());
            }
        } else {
            backwards(newest, request.limit());
        }
    }

    private void forwards(long first, @Nullable Gap gap) {
        read(first, Math.min(newest, first + request.limit() - 1), found -> answer(first, found, gap));
    }

    /**
     * The newest {@code count} up to {@code last}. A log is read forwards and stops where the bytes are enough, which may be
     * before {@code last}: then fewer are asked for, until what is left out is the oldest. So whoever goes on from the oldest of
     * this page misses nothing.
     */
    private void backwards(long last, int count) {
        long first = Math.max(channel.log().oldest(), last - count + 1);
        read(first, last, found -> {
            if (found.isEmpty() || found.getLast().offset() >= last) {
                answer(first, found, null);
            } else {
                int asked = (int) (last - first + 1);
                backwards(last, Math.max(1, Math.min(found.size(), asked * 3 / 4)));
            }
        });
    }

    private void read(long first, long last, Consumer<List<Publication>> then) {
        if (first > last) {
            then.accept(List.of());
            return;
        }
        channel.log().read(first - 1, (int) (last - first + 1), request.bytes(), batch -> {
            switch (batch) {
                case ChannelLog.Batch.Failed(var problem) -> result.accept(new Outcome.Refused<>(problem));
                case ChannelLog.Batch.Found(var found) -> then.accept(found);
            }
        });
    }

    /** What was to begin at {@code first} and does not has left the log: a gap. */
    private void answer(long first, List<Publication> found, @Nullable Gap told) {
        long epoch = channel.log().epoch();
        var gap = told;
        if (!found.isEmpty() && found.getFirst().offset() > first) {
            var from = told != null ? told.from() : new Position(epoch, first);
            gap = new Gap(
                    channel.name(), from, new Position(epoch, found.getFirst().offset() - 1));
        }
        long end = found.isEmpty() ? Math.max(0, first - 1) : found.getLast().offset();
        result.accept(new Outcome.Done<>(
                new Page(channel.name(), found, new Position(epoch, end), new Position(epoch, newest), gap)));
    }
}
