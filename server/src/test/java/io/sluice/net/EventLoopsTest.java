package io.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.sluice.net.EventLoops.Kernel;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.RawClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of sockets when their loops end. */
final class EventLoopsTest {
    private final List<String> told = new CopyOnWriteArrayList<>();

    private final class Told extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            told.add("active");
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            told.add("inactive");
        }
    }

    private final class Pipeline extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel socket) {
            socket.pipeline().addLast(new Told());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "NIO"})
    void socketsCloseAndAreToldSo(Kernel kernel) throws Exception {
        var loops = new EventLoops(new EventLoops.Settings(kernel, 1), Clock.SYSTEM);
        try (var listener = listener(loops);
                var client = RawClient.connect(listener.port())) {
            Eventually.holds(() -> told.contains("active"));

            loops.close();

            assertThat(told).containsExactly("active", "inactive");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "NIO"})
    void socketsCloseAlsoWhereTheLoopHearsThatItEndsWithinATask(Kernel kernel) throws Exception {
        var loops = new EventLoops(new EventLoops.Settings(kernel, 1), Clock.SYSTEM);
        try (var listener = listener(loops);
                var client = RawClient.connect(listener.port())) {
            Eventually.holds(() -> told.contains("active"));
            loops.loops().getFirst().execute(() -> Eventually.holds(loops.group()::isShuttingDown));

            loops.close();

            assertThat(told).containsExactly("active", "inactive");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    private Listener listener(EventLoops loops) throws Exception {
        return Listener.bind(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new Pipeline());
    }
}
