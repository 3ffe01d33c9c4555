package io.sluice.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.http.HttpExchange;
import io.sluice.http.ResponseStream;
import io.sluice.net.Outlet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The response of one call: headers, messages and the status, framed as its form asks. Confined to the exchange's loop. */
final class GrpcResponse {
    private final HttpExchange exchange;
    private final GrpcForm form;
    private final ByteBufAllocator allocator;
    private final boolean acceptsGzip;
    private boolean gzip;
    private boolean compressing = true;
    private @Nullable ResponseStream stream;

    GrpcResponse(HttpExchange exchange, GrpcForm form, ByteBufAllocator allocator) {
        this.exchange = exchange;
        this.form = form;
        this.allocator = allocator;
        this.acceptsGzip =
                form != GrpcForm.WEB_TEXT && exchange.headers().containsValue("grpc-accept-encoding", "gzip", true);
    }

    GrpcForm form() {
        return form;
    }

    /** Compresses what follows, where the client takes it; called before {@link #begin}. */
    void compressWith(String compressor) {
        gzip = compressor.equals("gzip") && acceptsGzip;
    }

    boolean compresses() {
        return gzip;
    }

    void compressMessages(boolean enabled) {
        compressing = enabled;
    }

    boolean writable() {
        return stream == null || stream.writable();
    }

    ResponseStream begin(Metadata metadata) {
        var begun = stream;
        if (begun == null) {
            var fields = head();
            if (gzip) {
                fields.set("grpc-encoding", "gzip");
            }
            MetadataFields.write(metadata, fields);
            begun = exchange.stream(200);
            stream = begun;
        }
        return begun;
    }

    void message(InputStream bytes) {
        var out = begun();
        var frame = frame(bytes);
        if (gzip && compressing) {
            frame = GrpcFrames.gzip(frame, allocator);
        }
        send(out, frame);
    }

    /** Sends frames as they are; the caller keeps its reference. */
    void encoded(ByteBuf frames) {
        begun().write(frames);
    }

    /** Where frames leave; null before the headers did. */
    @Nullable
    Outlet outlet() {
        return stream;
    }

    private ResponseStream begun() {
        return stream == null ? begin(new Metadata()) : stream;
    }

    void end(Status status, Metadata trailers) {
        var fields = MetadataFields.ending(status, trailers);
        if (form != GrpcForm.NATIVE) {
            var out = begin(new Metadata());
            send(out, trailerFrame(fields));
            out.close();
        } else if (stream == null) {
            // Trailers-Only: a client sees from it that nothing was done yet, and may try again.
            head().add(fields);
            exchange.respond(200, Unpooled.EMPTY_BUFFER);
        } else {
            stream.end(fields);
        }
    }

    private HttpHeaders head() {
        var fields = exchange.responseHeaders();
        fields.set("content-type", form.contentType());
        fields.set("grpc-accept-encoding", "identity,gzip");
        return fields;
    }

    private void send(ResponseStream out, ByteBuf frame) {
        var sent = form == GrpcForm.WEB_TEXT ? GrpcFrames.text(frame, allocator) : frame;
        out.write(sent);
        sent.release();
    }

    private ByteBuf frame(InputStream message) {
        var out = allocator.directBuffer(256);
        out.writeByte(0).writeInt(0);
        try (message;
                var to = new ByteBufOutputStream(out)) {
            message.transferTo(to);
        } catch (IOException impossible) {
            out.release();
            throw new UncheckedIOException("a message could not be read", impossible);
        }
        return out.setInt(out.readerIndex() + 1, out.readableBytes() - GrpcFrames.PREFIX);
    }

    private ByteBuf trailerFrame(HttpHeaders fields) {
        var out = allocator.directBuffer(128);
        out.writeByte(GrpcFrames.TRAILERS).writeInt(0);
        for (var field : new DefaultHttpHeaders().add(fields)) {
            out.writeCharSequence(field.getKey() + ": " + field.getValue() + "\r\n", StandardCharsets.ISO_8859_1);
        }
        return out.setInt(1, out.readableBytes() - GrpcFrames.PREFIX);
    }
}
