package io.sluice.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/** Writes the small, fixed JSON envelopes of hot paths straight into a buffer; everything else goes through Jackson. */
public final class JsonText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final DateTimeFormatter MILLIS = new DateTimeFormatterBuilder()
            .appendInstant(3)
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private JsonText() {}

    /** Writes ASCII text as it is. */
    public static void raw(ByteBuf out, String ascii) {
        out.writeCharSequence(ascii, StandardCharsets.US_ASCII);
    }

    /** RFC 3339 in UTC with exactly three digits of a second's fraction. */
    public static String time(Instant instant) {
        return MILLIS.format(instant);
    }

    /** Writes a JSON string with its quotes (RFC 8259 section 7). */
    public static void string(ByteBuf out, String text) {
        out.writeByte('"');
        int plainFrom = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\') {
                out.writeCharSequence(text.subSequence(plainFrom, i), StandardCharsets.UTF_8);
                escape(out, c);
                plainFrom = i + 1;
            }
        }
        out.writeCharSequence(
                plainFrom == 0 ? text : text.subSequence(plainFrom, text.length()), StandardCharsets.UTF_8);
        out.writeByte('"');
    }

    /** Writes valid UTF-8 as a JSON string with its quotes. */
    public static void string(ByteBuf out, byte[] utf8) {
        out.writeByte('"');
        int plainFrom = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            if ((b >= 0 && b < 0x20) || b == '"' || b == '\\') {
                out.writeBytes(utf8, plainFrom, i - plainFrom);
                escape(out, (char) b);
                plainFrom = i + 1;
            }
        }
        out.writeBytes(utf8, plainFrom, utf8.length - plainFrom);
        out.writeByte('"');
    }

    private static void escape(ByteBuf out, char c) {
        out.writeByte('\\');
        switch (c) {
            case '"', '\\' -> out.writeByte(c);
            case '\n' -> out.writeByte('n');
            case '\r' -> out.writeByte('r');
            case '\t' -> out.writeByte('t');
            default -> {
                raw(out, "u00");
                out.writeByte(HEX[c >> 4]);
                out.writeByte(HEX[c & 15]);
            }
        }
    }
}
