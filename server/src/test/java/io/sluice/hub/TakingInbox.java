package io.sluice.hub;

import io.netty.buffer.ByteBuf;
import io.sluice.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client whose every delivery takes time, fails, or has to wait. */
final class TakingInbox implements Inbox {
    final List<String> received = new ArrayList<>();
    final List<String> batches = new ArrayList<>();
    final List<String> texts = new ArrayList<>();
    final List<ByteBuf> lent = new ArrayList<>();
    final Wire wire;
    private final ManualClock clock;
    private final boolean oneByOne;
    Duration takes = Duration.ZERO;
    Runnable delivered = () -> {};
    Runnable noticed = () -> {};
    int notices;
    boolean keeps;
    boolean fails;
    boolean stalled;

    @Nullable
    Session session;

    @Nullable
    Disconnect ended;

    /** @param clock what a delivery that takes time takes it from */
    TakingInbox(ManualClock clock, Wire wire, boolean oneByOne) {
        this.clock = clock;
        this.wire = wire;
        this.oneByOne = oneByOne;
    }

    void leave() {
        Objects.requireNonNull(session).close();
    }

    @Override
    public String transport() {
        return "test";
    }

    @Override
    public Wire wire() {
        return wire;
    }

    @Override
    public boolean onePublicationAtATime() {
        return oneByOne;
    }

    @Override
    public boolean writable() {
        return ended == null && !stalled;
    }

    @Override
    public void deliver(Subscription subscription, ByteBuf encoded, long first, long last) {
        if (fails) {
            throw new IllegalStateException("as a bug would");
        }
        clock.advance(takes);
        delivered.run();
        batches.add(first + "-" + last);
        texts.add(encoded.toString(StandardCharsets.UTF_8));
        lent.add(keeps ? encoded.retain() : encoded);
        for (long offset = first; offset <= last; offset++) {
            received.add(Long.toString(offset));
        }
    }

    @Override
    public void gap(Subscription subscription, Gap gap) {}

    @Override
    public void notice(ByteBuf encoded) {
        notices++;
        lent.add(encoded);
        noticed.run();
    }

    @Override
    public void drain(Duration wait) {}

    @Override
    public void disconnect(Disconnect why) {
        ended = why;
    }
}
