package io.sluice.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;

/** Waits for the TLS handshake and gives the socket the version that ALPN chose (RFC 7301); HTTP/1.1 when it chose none. */
final class AlpnChoice extends ApplicationProtocolNegotiationHandler {
    private final HttpServer server;
    private final LoopState state;

    AlpnChoice(HttpServer server, LoopState state) {
        super(ApplicationProtocolNames.HTTP_1_1);
        this.server = server;
        this.state = state;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        ctx.read();
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
        if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
            Http2Connection.assemble(ctx.pipeline(), server, state);
        } else {
            ctx.pipeline().addLast(new Http1Connection(server, state, ctx.channel()));
        }
    }

    @Override
    protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Failures.connection(ctx, cause);
    }
}
