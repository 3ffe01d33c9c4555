package io.sluice.attack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.Deflater;

/** Abuse of WebSocket (RFC 6455 section 10). */
public final class WebSocketAttacks {
    private static final int TEXT = 1;
    private static final int PING = 9;
    private static final int ROUNDS = 20_000;
    private static final int COMPRESSED = 0x40;
    private static final int FINAL = 0x80;

    private WebSocketAttacks() {}

    public static final List<Attack> ALL = List.of(
            Attack.cut("ping flood", "websocket_ping_flood", port -> flood(port, FINAL | PING, FINAL | PING)),
            Attack.cut("fragment flood", "websocket_fragment_flood", port -> flood(port, TEXT, 0)),
            Attack.cut("decompression bomb", "websocket_too_large", WebSocketAttacks::bomb),
            Attack.cut(
                    "frame that announces more than there is memory", "websocket_too_large", WebSocketAttacks::huge));

    private static Wire open(int port) throws IOException {
        var wire = new Wire(port);
        wire.send("GET /v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        wire.readHead();
        return wire;
    }

    /** Empty frames without end: the first, then the same again and again. */
    private static void flood(int port, int first, int next) throws IOException {
        try (var wire = open(port)) {
            var frames = new ByteArrayOutputStream();
            for (int i = 0; i < ROUNDS; i++) {
                frames.write(i == 0 ? first : next);
                frames.writeBytes(new byte[] {(byte) 0x80, 1, 2, 3, 4});
                if (i % 100 == 99) {
                    wire.send(frames.toByteArray());
                    frames.reset();
                }
            }
            wire.awaitEnd();
        }
    }

    /** A kilobyte for each megabyte. */
    private static void bomb(int port) throws IOException {
        try (var wire = open(port);
                var deflater = new Deflater(9, true)) {
            var zeros = new byte[64 << 20];
            deflater.setInput(zeros);
            deflater.finish();
            var small = new byte[1 << 20];
            int length = deflater.deflate(small);
            var frame = new ByteArrayOutputStream();
            frame.write(FINAL | COMPRESSED | TEXT);
            frame.write(FINAL | 127);
            frame.writeBytes(new byte[4]);
            frame.writeBytes(Frames.four(length));
            frame.writeBytes(new byte[4]); // a mask of zeros leaves the payload as it is
            frame.write(small, 0, length);
            wire.send(frame.toByteArray()).awaitEnd();
        }
    }

    private static void huge(int port) throws IOException {
        try (var wire = open(port)) {
            wire.send(new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0x7f, -1, -1, -1, -1, -1, 0, 0, 0, 0})
                    .awaitEnd();
        }
    }
}
