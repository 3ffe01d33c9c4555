package io.sluice.hub.wire;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.http.HttpExchange;
import io.sluice.http.JsonText;
import io.sluice.hub.Gap;
import io.sluice.hub.Hub;
import io.sluice.hub.Page;
import io.sluice.hub.Position;
import io.sluice.hub.ReadMarkers;
import java.util.ArrayList;
import java.util.List;

/** The JSON that reads answer with, over HTTP and in WebSocket replies. */
public final class JsonReply {
    /** Smaller publications are copied: a piece of its own costs more than that many bytes. */
    private static final int SHARED_FROM = 4 << 10;

    private JsonReply() {}

    /** Answers 200 with {@code body}, which is taken over. */
    public static void send(HttpExchange exchange, int status, ByteBuf body) {
        exchange.responseHeaders().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        exchange.responseHeaders().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        exchange.respond(status, body);
    }

    /**
     * A document of the same members. What is large in it is not copied: everybody who reads the same shares it, so a client that asks
     * often and takes nothing holds little. The caller owns the result.
     */
    public static ByteBuf document(List<Page> pages, String cursor, ByteBufAllocator allocator) {
        var parts = new ArrayList<ByteBuf>();
        var out = allocator.directBuffer();
        raw(out, "{\"messages\":[");
        boolean first = true;
        for (var page : pages) {
            for (var publication : page.publications()) {
                if (!first) {
                    out.writeByte(',');
                }
                first = false;
                var encoded = publication.encoded(JsonWire.INSTANCE, allocator);
                if (encoded.readableBytes() >= SHARED_FROM) {
                    parts.add(out);
                    parts.add(encoded.duplicate());
                    out = allocator.directBuffer();
                } else {
                    out.writeBytes(encoded, encoded.readerIndex(), encoded.readableBytes());
                    encoded.release();
                }
            }
        }
        end(out, pages, cursor);
        out.writeByte('}');
        return parts.isEmpty()
                ? out
                : allocator
                        .compositeBuffer(parts.size() + 1)
                        .addComponents(true, parts)
                        .addComponent(true, out);
    }

    /** Writes the members {@code messages}, {@code position} and, where something is missing, {@code gap} or {@code gaps}. */
    public static void pages(ByteBuf out, List<Page> pages, String cursor, ByteBufAllocator allocator) {
        raw(out, "\"messages\":[");
        boolean first = true;
        for (var page : pages) {
            for (var publication : page.publications()) {
                if (!first) {
                    out.writeByte(',');
                }
                first = false;
                var encoded = publication.encoded(JsonWire.INSTANCE, allocator);
                out.writeBytes(encoded, encoded.readerIndex(), encoded.readableBytes());
                encoded.release();
            }
        }
        end(out, pages, cursor);
    }

    private static void end(ByteBuf out, List<Page> pages, String cursor) {
        raw(out, "],\"position\":\"" + cursor + "\"");
        gaps(out, pages);
    }

    public static void gap(ByteBuf out, Gap gap) {
        raw(out, "\"channel\":\"" + gap.channel() + "\",\"from\":\"" + gap.from() + "\",\"to\":\"" + gap.to() + "\"");
    }

    /** Writes the members {@code users} and {@code count}. */
    public static void presence(ByteBuf out, List<Hub.Member> members) {
        raw(out, "\"users\":[");
        for (int i = 0; i < members.size(); i++) {
            var member = members.get(i);
            raw(out, i == 0 ? "{\"id\":" : ",{\"id\":");
            string(out, member.user());
            raw(out, ",\"sessions\":" + member.sessions() + ",\"since\":\"" + JsonText.time(member.since()) + "\"}");
        }
        raw(out, "],\"count\":" + members.size());
    }

    /** Writes the members {@code position} (absent when there is none) and {@code unread}. */
    public static void marker(ByteBuf out, ReadMarkers.Marker marker) {
        Position position = marker.position();
        if (position != null) {
            raw(out, "\"position\":\"" + position + "\",");
        }
        raw(out, "\"unread\":" + marker.unread());
    }

    private static void gaps(ByteBuf out, List<Page> pages) {
        if (pages.size() == 1) {
            var gap = pages.getFirst().gap();
            if (gap != null) {
                raw(out, ",\"gap\":{");
                gap(out, gap);
                out.writeByte('}');
            }
            return;
        }
        boolean first = true;
        for (var page : pages) {
            var gap = page.gap();
            if (gap != null) {
                raw(out, first ? ",\"gaps\":[{" : ",{");
                gap(out, gap);
                out.writeByte('}');
                first = false;
            }
        }
        if (!first) {
            out.writeByte(']');
        }
    }
}
