package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.net.Outlet;
import io.sluice.net.SocketOutlet;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The only handler of a socket that has left HTTP. */
final class UpgradedSocket extends ChannelInboundHandlerAdapter implements UpgradedConnection {
    private final SocketOutlet outlet;
    private final ExchangeObserver observer;
    private final InetSocketAddress client;
    /** What came with the request head; given to the reader first. */
    private @Nullable ByteBuf early;

    private @Nullable Consumer<ByteBuf> reader;
    private boolean wanted;

    /** @param early taken over */
    UpgradedSocket(SocketOutlet outlet, @Nullable ByteBuf early, InetSocketAddress client, ExchangeObserver observer) {
        this.outlet = outlet;
        this.observer = observer;
        this.early = early;
        this.client = client;
    }

    @Override
    public void onBytes(Consumer<ByteBuf> bytes) {
        reader = bytes;
        // Not within the caller: it has not finished setting itself up.
        outlet.loop().execute(() -> {
            var first = early;
            early = null;
            if (first != null) {
                deliver(first);
            }
            reading(true);
        });
    }

    @Override
    public void reading(boolean on) {
        wanted = on;
        if (on) {
            outlet.socket().read();
        }
    }

    @Override
    public void abused(Abuse abuse) {
        observer.cut(abuse, client);
    }

    private void deliver(ByteBuf bytes) {
        try {
            if (reader != null && !outlet.isClosed()) {
                reader.accept(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        deliver((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (wanted) {
            ctx.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        outlet.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (early != null) {
            early.release();
            early = null;
        }
        reader = null;
        outlet.disconnected();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Failures.connection(ctx, cause);
    }

    @Override
    public Outlet outlet() {
        return outlet;
    }
}
