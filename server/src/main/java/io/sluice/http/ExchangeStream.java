package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.Loop;
import io.sluice.net.Outlet;
import org.jspecify.annotations.Nullable;

/** The body of an exchange's response. Confined to its loop. */
final class ExchangeStream implements ResponseStream {
    private final Exchange exchange;
    private final Carrier carrier;
    private @Nullable Runnable resume;
    private @Nullable Runnable closeAction;
    private @Nullable Outlet plain;
    private long bytes;
    private boolean closed;

    ExchangeStream(Exchange exchange, Carrier carrier) {
        this.exchange = exchange;
        this.carrier = carrier;
    }

    @Override
    public Loop loop() {
        return exchange.loop();
    }

    @Override
    public boolean writable() {
        return !closed && (plain != null ? plain.writable() : carrier.writable());
    }

    @Override
    public void write(ByteBuf body) {
        int length = body.readableBytes();
        if (closed || length == 0) {
            return;
        }
        bytes += length;
        if (plain != null) {
            plain.write(body);
        } else {
            carrier.write(body);
        }
    }

    /** The head has been sent. */
    void begun() {
        plain = carrier.plainBody();
    }

    /** How many bytes were handed to the carrier. */
    long bytes() {
        return bytes;
    }

    @Override
    public void onWritable(Runnable action) {
        resume = action;
    }

    @Override
    public void onClose(Runnable action) {
        if (closed) {
            action.run();
        } else {
            closeAction = action;
        }
    }

    @Override
    public void close() {
        end(EmptyHttpHeaders.INSTANCE);
    }

    @Override
    public void end(HttpHeaders trailers) {
        if (!closed) {
            exchange.end(trailers);
        }
    }

    @Override
    public void abort() {
        if (!closed) {
            exchange.abort();
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    void writableAgain() {
        if (resume != null && !closed) {
            resume.run();
        }
    }

    void ended() {
        if (closed) {
            return;
        }
        closed = true;
        resume = null;
        var action = closeAction;
        closeAction = null;
        if (action != null) {
            action.run();
        }
    }
}
