package io.sluice.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of exceptions that reach the end of a pipeline: the connection closes; only our own bugs are logged. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static void connection(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
            LOG.error("connection failed", cause);
        }
        ctx.close();
    }

    static void handler(HttpExchange exchange, Throwable cause) {
        LOG.error("handler failed request={} method={}", exchange.requestId(), exchange.method(), cause);
    }
}
