package io.sluice.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Stream;
import io.sluice.net.ClientAddress;
import io.sluice.net.TimerWheel;
import java.util.ArrayList;
import java.util.List;

/**
 * Resets the streams of one HTTP/2 connection whose client opens no window for {@code stallTimeout} while data waits for it: what
 * waits is held in memory, and a client with a hundred such streams holds a hundred responses. Confined to its loop.
 */
final class Http2Stalls {
    private final Http2FrameCodec codec;
    private final Channel socket;
    private final HttpServer server;
    private final LoopState state;
    private final PropertyKey key;
    private final TimerWheel.Entry timer = new TimerWheel.Entry(this::look);
    private long connectionOpened;

    Http2Stalls(Http2FrameCodec codec, Channel socket, HttpServer server, LoopState state) {
        this.codec = codec;
        this.socket = socket;
        this.server = server;
        this.state = state;
        this.key = codec.connection().newKey();
    }

    /** How often a stream's window was opened, and how things stood when it was first seen to wait. */
    private static final class Watch {
        private long opened;
        private boolean waits;
        private long openedThen;
        private long connectionThen;
        private long sinceNanos;
    }

    void start() {
        schedule(state.loop.clock().nanos());
    }

    void stop() {
        state.loop.wheel().cancel(timer);
    }

    /** The client has opened a stream's window, or with 0 that of the connection. */
    void opened(int streamId) {
        var stream = codec.connection().stream(streamId);
        if (streamId == 0) {
            connectionOpened++;
        } else if (stream != null) {
            watch(stream).opened++;
        }
    }

    private Watch watch(Http2Stream stream) {
        Watch watch = stream.getProperty(key);
        if (watch == null) {
            watch = new Watch();
            stream.setProperty(key, watch);
        }
        return watch;
    }

    private void schedule(long nowNanos) {
        var interval = server.settings().stallTimeout().toNanos() / 4;
        state.loop.wheel().schedule(timer, nowNanos + interval);
    }

    private void look(long nowNanos) {
        if (!socket.isActive()) {
            return;
        }
        List<Http2Stream> stalled = new ArrayList<>();
        try {
            codec.connection().forEachActiveStream(stream -> {
                if (isStalled(stream, nowNanos)) {
                    stalled.add(stream);
                }
                return true;
            });
        } catch (Http2Exception neverThrownAbove) {
            throw new IllegalStateException(neverThrownAbove);
        }
        for (var stream : stalled) {
            server.observer().cut(Abuse.STALLED_READER, ClientAddress.of(socket));
            var context = socket.pipeline().context(codec);
            codec.resetStream(context, stream.id(), Http2Error.CANCEL.code(), context.newPromise());
            context.flush();
        }
        schedule(nowNanos);
    }

    private boolean isStalled(Http2Stream stream, long nowNanos) {
        var windows = codec.connection().remote().flowController();
        var watch = watch(stream);
        boolean ownWindow = windows.windowSize(stream) <= 0;
        boolean connectionWindow = windows.windowSize(codec.connection().connectionStream()) <= 0;
        if (!windows.hasFlowControlled(stream) || !ownWindow && !connectionWindow) {
            watch.waits = false;
            return false;
        }
        boolean moved = ownWindow ? watch.opened != watch.openedThen : connectionOpened != watch.connectionThen;
        if (!watch.waits || moved) {
            watch.waits = true;
            watch.openedThen = watch.opened;
            watch.connectionThen = connectionOpened;
            watch.sinceNanos = nowNanos;
            return false;
        }
        return nowNanos - watch.sinceNanos >= server.settings().stallTimeout().toNanos();
    }
}
