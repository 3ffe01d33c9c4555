package io.sluice.http;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.sluice.net.Loop;
import java.util.LinkedHashSet;

/**
 * Tells the streams of one HTTP/2 connection whether there is room for what they write: their window, the connection's and the
 * socket. Confined to its loop.
 *
 * <p>Those that found none wait here in the order in which they asked. A writer that goes on fills what room there is, so it is
 * asked again only after all others that wait: else the first of many slow streams would keep the rest from ever getting on.
 */
final class Http2Waiting {
    private final Http2Connection connection;
    private final Http2RemoteFlowController windows;
    private final PropertyKey writer;
    private final Loop loop;
    private final LinkedHashSet<Http2Stream> streams = new LinkedHashSet<>();
    private boolean scheduled;

    Http2Waiting(Http2Connection connection, Loop loop) {
        this.connection = connection;
        this.windows = connection.remote().flowController();
        this.writer = connection.newKey();
        this.loop = loop;
        // The codec's multiplexer, whose listener this replaces, does nothing with what it is told.
        windows.listener(this::changed);
    }

    /** From here on {@code ours} is told about the room for {@code stream}; at once, too. */
    void watch(io.netty.handler.codec.http2.Http2Stream stream, Http2Stream ours) {
        stream.setProperty(writer, ours);
        ours.room(windows.isWritable(stream));
    }

    private void changed(io.netty.handler.codec.http2.Http2Stream stream) {
        Http2Stream ours = stream.getProperty(writer);
        if (ours != null) {
            boolean open = windows.isWritable(stream);
            ours.room(open);
            if (open) {
                schedule();
            }
        }
    }

    /** {@code stream} is to be asked again. */
    void add(Http2Stream stream) {
        streams.add(stream);
    }

    void remove(Http2Stream stream) {
        streams.remove(stream);
    }

    /** Not at once: the codec is in the middle of what opened a window. */
    private void schedule() {
        if (!scheduled && !streams.isEmpty()) {
            scheduled = true;
            loop.execute(this::resume);
        }
    }

    private void resume() {
        scheduled = false;
        for (int left = streams.size(); left > 0 && !streams.isEmpty(); left--) {
            if (!windows.isWritable(connection.connectionStream())) {
                return;
            }
            // Asking puts it to the end if its own window is still shut.
            streams.removeFirst().mayWrite();
        }
    }
}
