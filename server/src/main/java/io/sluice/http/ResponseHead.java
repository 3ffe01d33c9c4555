package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/** Writes HTTP/1.1 response heads (RFC 9112 section 4). Framing fields are ours: what a handler set there is left out. */
final class ResponseHead {
    private static final byte[] VERSION = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);

    private ResponseHead() {}

    /** The status line and {@code fields}, without the empty line that ends a head. */
    static void write(ByteBuf out, int status, HttpHeaders fields) {
        out.writeBytes(VERSION);
        out.writeByte('0' + status / 100).writeByte('0' + status / 10 % 10).writeByte('0' + status % 10);
        out.writeByte(' ');
        ascii(out, HttpResponseStatus.valueOf(status).reasonPhrase());
        line(out);
        var entries = fields.iteratorCharSequence();
        while (entries.hasNext()) {
            var entry = entries.next();
            if (!isFraming(entry.getKey())) {
                field(out, entry.getKey(), entry.getValue());
            }
        }
    }

    static void field(ByteBuf out, CharSequence name, CharSequence value) {
        ascii(out, name);
        out.writeByte(':').writeByte(' ');
        ascii(out, value);
        line(out);
    }

    static void line(ByteBuf out) {
        out.writeByte('\r').writeByte('\n');
    }

    private static void ascii(ByteBuf out, CharSequence text) {
        if (text instanceof AsciiString ascii) {
            ByteBufUtil.copy(ascii, out);
        } else {
            out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        }
    }

    private static boolean isFraming(CharSequence name) {
        return switch (name.length()) {
            case 7 -> AsciiString.contentEqualsIgnoreCase(name, "upgrade");
            case 10 ->
                AsciiString.contentEqualsIgnoreCase(name, "connection")
                        || AsciiString.contentEqualsIgnoreCase(name, "keep-alive");
            case 14 -> AsciiString.contentEqualsIgnoreCase(name, "content-length");
            case 17 -> AsciiString.contentEqualsIgnoreCase(name, "transfer-encoding");
            default -> false;
        };
    }
}
