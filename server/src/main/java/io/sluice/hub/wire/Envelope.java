package io.sluice.hub.wire;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import io.netty.buffer.ByteBuf;
import io.sluice.http.JsonText;
import io.sluice.hub.Notice;
import io.sluice.hub.Publication;
import java.util.Base64;

/** The JSON forms of publications and notices, on one line, that several wires wrap. */
final class Envelope {
    private static final int OVERHEAD = 256;

    private Envelope() {}

    /** About how many bytes {@link #publication} will write. */
    static int estimate(Publication publication) {
        int payload = publication.payload().bytes().length;
        return OVERHEAD + publication.weight() + payload / 2;
    }

    /** Writes the members of a publication and the closing brace, not the opening one. */
    static void publication(ByteBuf out, Publication publication) {
        raw(out, "\"channel\":\"");
        raw(out, publication.channel().value());
        raw(out, "\",\"position\":\"");
        raw(out, publication.position().toString());
        raw(out, "\",\"time\":\"");
        raw(out, JsonText.time(publication.time()));
        raw(out, "\",\"event\":");
        string(out, publication.event());
        if (publication.from() != null) {
            raw(out, ",\"from\":");
            string(out, publication.from());
        }
        if (!publication.headers().isEmpty()) {
            headers(out, publication);
        }
        payload(out, publication);
        out.writeByte('}');
    }

    /** Writes the members of a notice and the closing brace, not the opening one. */
    static void notice(ByteBuf out, Notice notice) {
        raw(out, "\"channel\":\"");
        raw(out, notice.channel().value());
        switch (notice) {
            case Notice.Signal signal -> {
                raw(out, "\",\"event\":");
                string(out, signal.event());
                if (signal.from() != null) {
                    raw(out, ",\"from\":");
                    string(out, signal.from());
                }
                raw(out, ",\"data\":");
                out.writeBytes(signal.data());
            }
            case Notice.Presence presence -> {
                raw(out, presence.joined() ? "\",\"event\":\"join\",\"user\":" : "\",\"event\":\"leave\",\"user\":");
                string(out, presence.user());
            }
        }
        out.writeByte('}');
    }

    /** The word for a notice in {@code type} and in SSE's {@code event}. */
    static String type(Notice notice) {
        return switch (notice) {
            case Notice.Signal signal -> "signal";
            case Notice.Presence presence -> "presence";
        };
    }

    private static void headers(ByteBuf out, Publication publication) {
        raw(out, ",\"headers\":");
        char separator = '{';
        for (var header : publication.headers().entrySet()) {
            out.writeByte(separator);
            string(out, header.getKey());
            out.writeByte(':');
            string(out, header.getValue());
            separator = ',';
        }
        out.writeByte('}');
    }

    private static void payload(ByteBuf out, Publication publication) {
        var payload = publication.payload();
        switch (payload.kind()) {
            case JSON -> {
                raw(out, ",\"data\":");
                out.writeBytes(payload.bytes());
            }
            case TEXT -> {
                raw(out, ",\"data\":");
                string(out, payload.bytes());
            }
            case BINARY -> {
                raw(out, ",\"data_base64\":\"");
                out.writeBytes(Base64.getEncoder().encode(payload.bytes()));
                raw(out, "\",\"content_type\":");
                string(out, payload.contentType());
            }
        }
    }
}
