package io.sluice.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;

/** Gives each accepted socket its TLS. Thread-safe. */
@FunctionalInterface
public interface Tls {
    /** The handler that does the handshake, and then all records, of one socket. */
    ChannelHandler handler(ByteBufAllocator allocator);

    /** Always the same certificate. */
    static Tls of(SslContext context) {
        return context::newHandler;
    }
}
