package io.sluice.hub.log;

import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Payload;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A publication's bytes on disk: version, flags, milliseconds, then only what differs from the usual, then the payload to
 * the end. Strings are UTF-8 behind a two-byte length. Integrity is the store's (each block has a checksum).
 */
final class PublicationFormat {
    private static final byte VERSION = 1;
    private static final int KIND = 0b11;
    private static final int HAS_EVENT = 1 << 2;
    private static final int HAS_FROM = 1 << 3;
    private static final int HAS_HEADERS = 1 << 4;
    private static final int HAS_TYPE = 1 << 5;
    private static final String JSON_TYPE = "application/json";

    private PublicationFormat() {}

    static byte[] encode(Publication publication) {
        var payload = publication.payload();
        var event = publication.event().equals(Draft.DEFAULT_EVENT) ? null : utf8(publication.event());
        var from = publication.from() == null ? null : utf8(publication.from());
        var type = payload.contentType().equals(JSON_TYPE) ? null : utf8(payload.contentType());
        var headers = publication.headers().isEmpty() ? null : headers(publication.headers());
        int flags = kind(payload.kind())
                | (event == null ? 0 : HAS_EVENT)
                | (from == null ? 0 : HAS_FROM)
                | (headers == null ? 0 : HAS_HEADERS)
                | (type == null ? 0 : HAS_TYPE);
        var out = ByteBuffer.allocate(10
                + sized(event)
                + sized(from)
                + (headers == null ? 0 : headers.length)
                + sized(type)
                + payload.bytes().length);
        out.put(VERSION).put((byte) flags).putLong(publication.timeMillis());
        string(event, out);
        string(from, out);
        if (headers != null) {
            out.put(headers);
        }
        string(type, out);
        return out.put(payload.bytes()).array();
    }

    static Publication decode(ChannelName channel, long epoch, long offset, byte[] encoded) {
        try {
            return read(channel, new Position(epoch, offset), ByteBuffer.wrap(encoded));
        } catch (BufferUnderflowException damaged) {
            throw new StoreFailed("a publication is cut short", damaged);
        }
    }

    private static Publication read(ChannelName channel, Position position, ByteBuffer in) {
        if (in.get() != VERSION) {
            throw new StoreFailed("a publication has an unknown version");
        }
        int flags = in.get();
        var time = Instant.ofEpochMilli(in.getLong());
        var event = (flags & HAS_EVENT) == 0 ? Draft.DEFAULT_EVENT : string(in);
        var from = (flags & HAS_FROM) == 0 ? null : string(in);
        Map<String, String> headers = (flags & HAS_HEADERS) == 0 ? Map.of() : headers(in);
        var type = (flags & HAS_TYPE) == 0 ? JSON_TYPE : string(in);
        var bytes = new byte[in.remaining()];
        in.get(bytes);
        return new Publication(
                channel, position, time, event, from, headers, new Payload(kind(flags & KIND), bytes, type));
    }

    private static int kind(Payload.Kind kind) {
        return switch (kind) {
            case JSON -> 0;
            case TEXT -> 1;
            case BINARY -> 2;
        };
    }

    private static Payload.Kind kind(int stored) {
        return switch (stored) {
            case 0 -> Payload.Kind.JSON;
            case 1 -> Payload.Kind.TEXT;
            default -> Payload.Kind.BINARY;
        };
    }

    private static byte[] headers(Map<String, String> headers) {
        int size = 1;
        for (var header : headers.entrySet()) {
            size += sized(utf8(header.getKey())) + sized(utf8(header.getValue()));
        }
        var out = ByteBuffer.allocate(size).put((byte) headers.size());
        for (var header : headers.entrySet()) {
            string(utf8(header.getKey()), out);
            string(utf8(header.getValue()), out);
        }
        return out.array();
    }

    private static Map<String, String> headers(ByteBuffer in) {
        var headers = new HashMap<String, String>();
        for (int count = in.get(); count > 0; count--) {
            var name = string(in);
            headers.put(name, string(in));
        }
        return Map.copyOf(headers);
    }

    private static byte[] utf8(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xffff) {
            throw new IllegalArgumentException("a name or header of a publication is longer than 65535 bytes");
        }
        return bytes;
    }

    private static int sized(byte @Nullable [] text) {
        return text == null ? 0 : 2 + text.length;
    }

    private static void string(byte @Nullable [] text, ByteBuffer out) {
        if (text != null) {
            out.putShort((short) text.length).put(text);
        }
    }

    private static String string(ByteBuffer in) {
        var bytes = new byte[in.getShort() & 0xffff];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
