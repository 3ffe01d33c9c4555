package io.sluice.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of a connection that a proxy hands on: takes the header off that tells whose it is, and leaves. Until then
 * nothing else of the pipeline is there, so that nothing sees the connection under another address. Confined to its loop.
 */
public final class ProxyHeader extends ChannelInboundHandlerAdapter {
    private final Duration timeout;
    private final Runnable complete;
    private final Consumer<String> refused;
    private TimerWheel.@Nullable Entry timer;
    private @Nullable ByteBuf held;

    /**
     * @param timeout within which all of the header must come; the connection is closed after it
     * @param complete adds the other handlers; what came behind the header is given to them
     * @param refused is told why the connection is closed
     */
    public ProxyHeader(Duration timeout, Runnable complete, Consumer<String> refused) {
        this.timeout = timeout;
        this.complete = complete;
        this.refused = refused;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        var loop = EventLoops.of(ctx.channel());
        var entry =
                new TimerWheel.Entry(now -> refuse(ctx, "no whole PROXY header within " + timeout.toMillis() + " ms"));
        timer = entry;
        loop.wheel().schedule(entry, loop.clock().nanos() + timeout.toNanos());
        if (ctx.channel().isActive()) {
            ctx.read();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            EventLoops.of(ctx.channel()).wheel().cancel(timer);
        }
        release();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        held = held == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        var bytes = held;
        if (bytes == null || !bytes.isReadable()) {
            ctx.read();
            return;
        }
        switch (ProxyProtocol.read(bytes)) {
            case ProxyProtocol.Reading.Incomplete() -> ctx.read();
            case ProxyProtocol.Reading.Malformed(var why) -> refuse(ctx, why);
            case ProxyProtocol.Reading.Complete(int length, var client) -> {
                if (client != null) {
                    ClientAddress.tell(ctx.channel(), client);
                }
                held = null;
                leave(ctx, bytes.skipBytes(length));
            }
        }
    }

    private void leave(ChannelHandlerContext ctx, ByteBuf rest) {
        var pipeline = ctx.pipeline();
        pipeline.remove(this);
        complete.run();
        // What the others missed.
        pipeline.fireChannelActive();
        if (rest.isReadable()) {
            pipeline.fireChannelRead(rest);
            pipeline.fireChannelReadComplete();
        } else {
            rest.release();
        }
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        refused.accept(why);
        ctx.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            if (held != null) {
                refused.accept("the connection ended within the PROXY header");
            }
            // One that says nothing at all is a balancer's way to see that somebody listens.
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private void release() {
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
