package io.sluice.net;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/**
 * The DEFLATE compressor of the calling thread (RFC 1951), which everything that is compressed whole shares: one costs about
 * 256 KB of native memory and more time to make than a message takes. Thread-safe.
 */
public final class Deflate {
    private static final FastThreadLocal<Deflater> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected Deflater initialValue() {
            return new Deflater(6, true);
        }

        @Override
        protected void onRemoval(Deflater deflater) {
            deflater.end();
        }
    };

    private Deflate() {}

    /** All of {@code plain} up to a byte boundary, without a last block; its length, or -1 when {@code out} has no room for it. */
    public static int flushed(ByteBuffer plain, ByteBuffer out) {
        int room = out.remaining();
        int written = begin(plain).deflate(out, Deflater.SYNC_FLUSH);
        return written < room ? written : -1;
    }

    /** All of {@code plain} as a whole stream; its length, or -1 when {@code out} has no room for it. */
    public static int whole(ByteBuffer plain, ByteBuffer out) {
        var deflater = begin(plain);
        deflater.finish();
        int written = deflater.deflate(out);
        return deflater.finished() ? written : -1;
    }

    private static Deflater begin(ByteBuffer plain) {
        var deflater = OF_THREAD.get();
        deflater.reset();
        deflater.setInput(plain);
        return deflater;
    }
}
