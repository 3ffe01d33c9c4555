package io.sluice.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ServerInterceptors;
import io.grpc.testing.integration.TestServiceImpl;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.conformance.Suite;
import io.sluice.http.ExchangeObserver;
import io.sluice.http.HttpRoutes;
import io.sluice.http.HttpServer;
import io.sluice.http.HttpSettings;
import io.sluice.net.Clock;
import io.sluice.net.EventLoops;
import io.sluice.net.Listener;
import io.sluice.testkit.MavenPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * grpc-java's interoperability tests, whose service runs on {@link GrpcServer} here and whose client, unmodified, in a JVM of
 * its own: what io.grpc's own server does, ours does.
 */
final class GrpcInteropTest {
    /** What grpc-java itself skips where the server is not in the same JVM or has no statistics of its own. */
    private static final Set<String> NEEDS_ITS_OWN_SERVER = Set.of("censusContextsPropagated", "sendsTimeoutHeader");

    @Test
    void everyCaseThatAServerElsewhereCanPassPasses() throws Exception {
        var peer = MavenPeer.named("grpc-interop");
        var loops = new EventLoops(new EventLoops.Settings(EventLoops.Kernel.AUTO, 2), Clock.SYSTEM);
        try (var timer = Executors.newSingleThreadScheduledExecutor()) {
            var service = ServerInterceptors.intercept(new TestServiceImpl(timer), TestServiceImpl.interceptors());
            var routes = new HttpRoutes();
            new GrpcServer(
                            List.of(service),
                            (exchange, method, context, then) -> then.accept(new GrpcServer.Admission.Granted(context)),
                            16 << 20,
                            ByteBufAllocator.DEFAULT)
                    .addTo(routes);
            var http = new HttpServer(routes, new HttpSettings(), Clock.SYSTEM, ExchangeObserver.NONE, null);
            var listener =
                    Listener.bind(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), http.pipeline());

            var lines = peer.run("GrpcInterop.java", "127.0.0.1:" + listener.port());

            listener.close();
            assertThat(named(lines, "failed ")).as(String.join("\n", lines)).isEmpty();
            assertThat(named(lines, "skipped ")).isSubsetOf(NEEDS_ITS_OWN_SERVER);
            assertThat(named(lines, "passed "))
                    .hasSize(Suite.GRPC_INTEROP.passed())
                    .contains("emptyUnary", "largeUnary", "clientStreaming", "serverStreaming", "pingPong")
                    .contains("emptyStream", "cancelAfterBegin", "cancelAfterFirstResponse", "timeoutOnSleepingServer")
                    .contains("statusCodeAndMessage", "specialStatusMessage", "customMetadata")
                    .contains("serverCompressedUnary", "serverCompressedStreamingAsWell")
                    .contains("clientCompressedUnaryWithoutProbe", "clientCompressedStreamingWithoutProbe")
                    .contains("unimplementedMethod", "unimplementedService", "serverStreamingShouldBeFlowControlled");
        } finally {
            loops.close();
        }
    }

    private static Set<String> named(List<String> lines, String outcome) {
        return lines.stream()
                .filter(line -> line.startsWith(outcome))
                .map(line -> line.substring(outcome.length()))
                .collect(Collectors.toSet());
    }
}
