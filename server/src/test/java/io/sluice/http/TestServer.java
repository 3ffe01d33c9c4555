package io.sluice.http;

import io.netty.handler.ssl.SslContext;
import io.sluice.net.Clock;
import io.sluice.net.EventLoops;
import io.sluice.net.Listener;
import io.sluice.net.Tls;
import io.sluice.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An HTTP server on a free loopback port. */
final class TestServer implements AutoCloseable {
    final EventLoops loops;
    final HttpServer http;
    final Listener listener;

    TestServer(HttpRoutes routes) {
        this(routes, new HttpSettings(), EventLoops.Kernel.AUTO, Clock.SYSTEM, null);
    }

    TestServer(
            HttpRoutes routes, HttpSettings settings, EventLoops.Kernel kernel, Clock clock, @Nullable SslContext tls) {
        this(routes, settings, kernel, clock, ExchangeObserver.NONE, tls);
    }

    TestServer(
            HttpRoutes routes,
            HttpSettings settings,
            EventLoops.Kernel kernel,
            Clock clock,
            ExchangeObserver observer,
            @Nullable SslContext tls) {
        loops = new EventLoops(new EventLoops.Settings(kernel, 2), clock);
        http = new HttpServer(routes, settings, clock, observer, tls == null ? null : Tls.of(tls));
        try {
            listener =
                    Listener.bind(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), http.pipeline());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.port();
    }

    RawClient connect() {
        return RawClient.connect(port());
    }

    /** Returns once every loop has done what it had to do. */
    void settle() {
        for (var loop : loops.loops()) {
            var done = new CompletableFuture<Void>();
            loop.execute(() -> done.complete(null));
            done.join();
        }
    }

    @Override
    public void close() {
        listener.close();
        loops.close();
    }
}
