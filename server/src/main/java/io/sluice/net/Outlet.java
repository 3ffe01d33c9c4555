package io.sluice.net;

import io.netty.buffer.ByteBuf;

/**
 * Where bytes leave towards one peer: a TCP socket, an HTTP/2 stream or a test's buffer. Confined to its loop.
 *
 * <p>An outlet never queues on behalf of its writer: once {@link #writable()} is false the writer stops, keeps its cursor,
 * and goes on when the resume action runs. What was already handed over is kept and sent in order.
 */
public interface Outlet {
    Loop loop();

    /** True while the peer takes bytes: everything written before has left, or little enough is pending. */
    boolean writable();

    /**
     * Sends all readable bytes. The caller keeps its reference: the outlet retains what it could not send at once. The
     * reader index of {@code bytes} is not moved.
     */
    void write(ByteBuf bytes);

    /** Asks for {@code action} on the loop each time the outlet turns writable again. One action per outlet. */
    void onWritable(Runnable action);

    /** Asks for {@code action} on the loop once, when the peer is gone or the outlet was closed. */
    void onClose(Runnable action);

    /** Sends what was written, then closes. Idempotent. */
    void close();

    boolean isClosed();
}
