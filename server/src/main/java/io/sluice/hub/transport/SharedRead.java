package io.sluice.hub.transport;

import io.sluice.auth.Identity;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Hub;
import io.sluice.hub.Outcome;
import io.sluice.hub.Page;
import io.sluice.hub.ReadRequest;
import io.sluice.hub.Start;
import io.sluice.net.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One read over several channels that share a limit, and the bytes of one answer. Each first gets an equal share, then what others left of theirs goes
 * to those that have more. Where there are more channels than publications may be answered, the read begins with another
 * channel each time, so none starves behind a busy one. Confined to its loop.
 */
final class SharedRead {
    private final Hub hub;
    private final Identity identity;
    private final List<ChannelName> channels;
    private final List<Start> starts;
    private final int limit;
    private final int first;
    private final Loop loop;
    private final Consumer<Outcome<List<Page>>> result;
    private final @Nullable Page[] pages;
    private int left;
    private int leftBytes = ReadRequest.MAX_BYTES;

    /** @param first the place of the channel that is read first */
    SharedRead(
            Hub hub,
            Identity identity,
            List<ChannelName> channels,
            List<Start> starts,
            int limit,
            int first,
            Loop loop,
            Consumer<Outcome<List<Page>>> result) {
        this.hub = hub;
        this.identity = identity;
        this.channels = channels;
        this.starts = starts;
        this.limit = limit;
        this.first = first;
        this.loop = loop;
        this.result = result;
        this.pages = new Page[channels.size()];
        this.left = limit;
    }

    /** The answer has one page per channel, in the channels' order. */
    void begin() {
        share(0);
    }

    /** Reads the share of the channel that is {@code turn} places after the first. */
    private void share(int turn) {
        if (turn == channels.size()) {
            rest(0);
            return;
        }
        int at = (first + turn) % channels.size();
        int share = Math.min(left, Math.max(1, limit / channels.size()));
        read(at, starts.get(at), share, page -> {
            pages[at] = page;
            took(page);
            share(turn + 1);
        });
    }

    /** Gives what is left to those that have more. */
    private void rest(int turn) {
        if (turn == channels.size() || left == 0 || leftBytes <= 0) {
            answer();
            return;
        }
        int at = (first + turn) % channels.size();
        var page = pages[at];
        if (page == null || page.position().equals(page.newest())) {
            rest(turn + 1);
            return;
        }
        read(at, new Start.After(page.position()), left, more -> {
            // A gap in the middle of a page has no place in an answer: the next read begins with it.
            if (more.gap() == null) {
                var both = new ArrayList<>(page.publications());
                both.addAll(more.publications());
                pages[at] = new Page(page.channel(), both, more.position(), more.newest(), page.gap());
                took(more);
            }
            rest(turn + 1);
        });
    }

    private void took(Page page) {
        left -= page.publications().size();
        leftBytes -= page.bytes();
    }

    private void read(int at, Start start, int most, Consumer<Page> found) {
        // Where nothing more fits, the next read begins.
        var request = new ReadRequest(start, null, leftBytes > 0 ? most : 0, Math.max(1, leftBytes));
        hub.read(identity, channels.get(at), request, loop, outcome -> {
            switch (outcome) {
                case Outcome.Refused<Page>(var problem) -> result.accept(new Outcome.Refused<>(problem));
                case Outcome.Done<Page>(var page) -> found.accept(page);
            }
        });
    }

    private void answer() {
        var all = new ArrayList<Page>();
        for (var page : pages) {
            if (page != null) {
                all.add(page);
            }
        }
        result.accept(new Outcome.Done<>(all));
    }
}
