package io.sluice.http;

import io.netty.util.AsciiString;
import io.sluice.net.Loop;
import io.sluice.net.ReadTurns;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** What the connections of one loop share: the date, request ids, a parser's scratch space, whom they believe. Confined to the loop. */
final class LoopState {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);
    private static final char[] DIGITS = "0123456789abcdefghijklmnopqrstuv".toCharArray();

    final Loop loop;
    final ReadTurns turns;
    final byte[] scratch;
    final Proxies proxies;
    /** Connections that a drain has to tell. */
    final Set<Drainable> connections = new HashSet<>();

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final char[] id = new char[20];
    private long lastId;
    private long dateSecond = Long.MIN_VALUE;
    private AsciiString date = AsciiString.EMPTY_STRING;

    LoopState(Loop loop, HttpSettings settings) {
        this.loop = loop;
        this.proxies = settings.proxies();
        this.turns = new ReadTurns(loop);
        this.scratch = new byte[settings.maxHeaderBytes() + settings.maxRequestLine()];
        for (int i = 0; i < 12; i++) {
            id[i] = DIGITS[(int) (seed >>> (i * 5)) & 31];
        }
    }

    /** The value of the {@code date} field (RFC 9110 section 6.6.1); formatted once a second. */
    AsciiString date() {
        var now = loop.clock().now();
        if (now.getEpochSecond() != dateSecond) {
            dateSecond = now.getEpochSecond();
            date = new AsciiString(DATE.format(now));
        }
        return date;
    }

    /** 20 characters: 60 random bits of this loop's start, then a count. */
    String nextRequestId() {
        long count = ++lastId;
        for (int i = 19; i >= 12; i--) {
            id[i] = DIGITS[(int) count & 31];
            count >>>= 5;
        }
        return new String(id);
    }

    /** A connection that ends politely. */
    interface Drainable {
        void drain();
    }
}
