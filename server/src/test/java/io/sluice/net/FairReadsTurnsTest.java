package io.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a peer that is refused again and again is read. A request here is one byte, and an upper-case one is refused. */
class FairReadsTurnsTest {
    private static final int FORGIVEN = 20;

    private final ManualClock clock = new ManualClock();
    private final SimulatedLoops loops = new SimulatedLoops(1, clock);
    private final ReadTurns turns = new ReadTurns(loops.loops().getFirst());
    private final Peer refused = new Peer();
    private final Peer other = new Peer();

    @AfterEach
    void close() {
        refused.socket.finishAndReleaseAll();
        other.socket.finishAndReleaseAll();
    }

    @Test
    void readsWhoWasRefusedATwentiethTimeOnlyOnceInAMillisecond() {
        for (int i = 0; i < FORGIVEN; i++) {
            assertThat(refused.sends("X")).isEqualTo("X");
        }

        assertThat(refused.sends("Y")).isEmpty();
        runLoop();
        assertThat(refused.takes()).isEmpty();

        clock.advance(Duration.ofMillis(1));
        runLoop();
        assertThat(refused.takes()).isEqualTo("Y");
        assertThat(refused.sends("Z")).isEmpty();
    }

    @Test
    void servesTheOthersAtOnceMeanwhile() {
        refused.sends("X".repeat(FORGIVEN));
        refused.sends("Y");

        assertThat(other.sends("a")).isEqualTo("a");
    }

    @Test
    void readsWhoWasServedAtOnceAgain() {
        refused.sends("X".repeat(FORGIVEN));
        refused.sends("a");
        clock.advance(Duration.ofMillis(1));
        runLoop();
        assertThat(refused.takes()).endsWith("a");

        assertThat(refused.sends("b")).isEqualTo("b");
        assertThat(refused.sends("X")).isEqualTo("X");
        assertThat(refused.sends("c")).isEqualTo("c");
    }

    private void runLoop() {
        loops.runAll(new SplittableRandom(1));
    }

    private final class Peer extends ChannelInboundHandlerAdapter {
        private final FairReads reads = new FairReads(turns);
        private final EmbeddedChannel socket = new EmbeddedChannel(reads, this);
        private final StringBuilder came = new StringBuilder();

        /** What has come, once {@code bytes} have reached the socket. */
        String sends(String bytes) {
            socket.writeInbound(Unpooled.wrappedBuffer(bytes.getBytes(StandardCharsets.US_ASCII)));
            return takes();
        }

        String takes() {
            var all = came.toString();
            came.setLength(0);
            return all;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var bytes = (ByteBuf) message;
            while (bytes.isReadable()) {
                char request = (char) bytes.readByte();
                came.append(request);
                reads.answered(Character.isUpperCase(request));
            }
            bytes.release();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.read();
        }
    }
}
