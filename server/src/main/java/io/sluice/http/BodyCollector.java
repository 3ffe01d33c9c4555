package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts a body together up to a limit, then hands it on in one buffer. */
final class BodyCollector implements BodyReader {
    private final Exchange exchange;
    private final int maxBytes;
    private final Consumer<ByteBuf> body;
    private @Nullable ByteBuf collected;

    BodyCollector(Exchange exchange, int maxBytes, Consumer<ByteBuf> body) {
        this.exchange = exchange;
        this.maxBytes = maxBytes;
        this.body = body;
        exchange.onClose(this::release);
    }

    static Problem tooLarge(int maxBytes) {
        return Problem.of(ClientError.TOO_LARGE, "the body is longer than " + maxBytes + " bytes")
                .with("limit", maxBytes);
    }

    @Override
    public void part(ByteBuf bytes, Runnable more) {
        int length = collected == null ? 0 : collected.readableBytes();
        if (length + bytes.readableBytes() > maxBytes) {
            bytes.release();
            exchange.refuse(tooLarge(maxBytes));
            return;
        }
        if (collected == null) {
            collected = bytes;
        } else {
            // The first part is a slice of a read buffer: it cannot grow.
            if (collected.maxCapacity() < maxBytes || !collected.isWritable()) {
                var grown = ByteBufAllocator.DEFAULT.directBuffer(
                        Math.min(maxBytes, Math.max(1024, 2 * (length + bytes.readableBytes()))), maxBytes);
                grown.writeBytes(collected);
                collected.release();
                collected = grown;
            }
            collected.writeBytes(bytes);
            bytes.release();
        }
        more.run();
    }

    @Override
    public void end(HttpHeaders trailers) {
        var whole = collected == null ? Unpooled.EMPTY_BUFFER : collected;
        collected = null;
        body.accept(whole);
    }

    @Override
    public void failed(Problem problem) {
        release();
    }

    private void release() {
        if (collected != null) {
            collected.release();
            collected = null;
        }
    }
}
