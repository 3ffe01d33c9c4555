package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.Loop;
import org.jspecify.annotations.Nullable;

/** The body of an exchange's response. Confined to its loop. */
final class ExchangeStream implements ResponseStream {
    private final Exchange exchange;
    private final Carrier carrier;
    private @Nullable Runnable resume;
    private @Nullable Runnable closeAction;
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
        return !closed && carrier.writable();
    }

    @Override
    public void write(ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (!closed && length > 0) {
            exchange.sent(length);
            carrier.write(bytes);
        }
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
