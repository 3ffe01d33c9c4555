package io.sluice.http;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one server connection, and how those that are gone went. What a client sent before it learned of a reset is
 * its right and costs it one stream; the same on a stream that it ended itself, or whose number it passed over, breaks the
 * protocol and ends the connection (RFC 9113 sections 5.1 and 5.1.1). Confined to its loop.
 */
final class Http2Streams extends DefaultHttp2Connection {
    /** So many resets are remembered one by one; up to the largest that was forgotten, any stream may have been reset. */
    static final int REMEMBERED = 64;

    private static final int[] NONE = {};

    private int[] resets = NONE;
    /** Where the next goes, in place of the oldest. */
    private int place;

    private int largestForgotten;
    private int newest = -1;

    /** The last numbers that were passed over are those behind this one and before {@link #skippedTo}. */
    private int skippedFrom;

    private int skippedTo;

    Http2Streams() {
        super(true);
        addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamAdded(Http2Stream stream) {
                added(stream.id());
            }

            @Override
            public void onStreamRemoved(Http2Stream stream) {
                if (stream.isResetSent()) {
                    reset(stream.id());
                }
            }
        });
    }

    private void added(int id) {
        if (!remote().isValidStreamId(id)) {
            return;
        }
        if (id > newest + 2) {
            skippedFrom = newest;
            skippedTo = id;
        }
        newest = id;
    }

    /** The stream was reset, by either side, or refused before it was one. */
    void reset(int id) {
        if (resets.length == 0) {
            resets = new int[REMEMBERED];
        }
        largestForgotten = Math.max(largestForgotten, resets[place]);
        resets[place] = id;
        place = (place + 1) % REMEMBERED;
    }

    private boolean mayHaveBeenReset(int id) {
        if (id <= largestForgotten) {
            return true;
        }
        for (int reset : resets) {
            if (reset == id) {
                return true;
            }
        }
        return false;
    }

    /**
     * What a client breaks that begins or goes on with the stream {@code id}, which is no more or never was; null when it could
     * not know.
     */
    @Nullable
    Http2Error broken(int id) {
        if (mayHaveBeenReset(id)) {
            return null;
        }
        return skippedFrom < id && id < skippedTo ? Http2Error.PROTOCOL_ERROR : Http2Error.STREAM_CLOSED;
    }

    /** Also of one that was refused: what its client sent with it is on its way. */
    @Override
    public boolean streamMayHaveExisted(int id) {
        return super.streamMayHaveExisted(id) || (id > 0 && mayHaveBeenReset(id));
    }
}
