package io.sluice.hub.log;

import io.sluice.hub.Draft;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * 64 bits that tell two drafts apart which came with the same idempotency key. Two cyclic redundancy checks of different
 * polynomials, since both are one instruction per word; it catches mistakes of one client, it is no defence.
 */
final class Fingerprint {
    private Fingerprint() {}

    static long of(Draft draft) {
        var first = new CRC32C();
        var second = new CRC32();
        feed(draft, first);
        feed(draft, second);
        return first.getValue() << 32 | second.getValue();
    }

    private static void feed(Draft draft, Checksum sum) {
        text(draft.event(), sum);
        var from = draft.from();
        sum.update(from == null ? 0 : 1);
        text(from == null ? "" : from, sum);
        if (!draft.headers().isEmpty()) {
            for (var header : new TreeMap<>(draft.headers()).entrySet()) {
                text(header.getKey(), sum);
                text(header.getValue(), sum);
            }
        }
        var payload = draft.payload();
        text(payload.kind().name(), sum);
        text(payload.contentType(), sum);
        sum.update(payload.bytes());
    }

    private static void text(String text, Checksum sum) {
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        sum.update(0);
    }
}
