package io.sluice.hub.transport;

import io.sluice.http.WebSocket;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Session;
import io.sluice.net.TimerWheel;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pings one WebSocket peer now and then, and ends it when it stays silent, has not said in time who it is or no longer may
 * stay. One entry of its loop's wheel; confined to that loop.
 */
final class WebSocketHeartbeat {
    private static final long FIRST_MESSAGE_NANOS = Duration.ofSeconds(5).toNanos();

    private final WebSocket socket;
    private final Session session;
    private final long heartbeatNanos;
    private final Consumer<Disconnect> end;
    private final TimerWheel.Entry timer = new TimerWheel.Entry(this::beat);
    private @Nullable Disconnect unlessIntroduced;
    private @Nullable Disconnect ending;
    private long pingedNanos;

    WebSocketHeartbeat(WebSocket socket, Session session, Duration heartbeat, Consumer<Disconnect> end) {
        this.socket = socket;
        this.session = session;
        this.heartbeatNanos = heartbeat.toNanos();
        this.end = end;
    }

    /**
     * Begins.
     *
     * @param unless why a peer is ended that has not been {@link #introduced} within 5 s; null for one that is known already
     */
    void begin(@Nullable Disconnect unless) {
        unlessIntroduced = unless;
        long now = socket.loop().clock().nanos();
        pingedNanos = now - heartbeatNanos;
        // Spread over half a heartbeat, so that clients which came together are not pinged together.
        long spread = Math.floorMod(session.id().hashCode(), 1000) * heartbeatNanos / 2000;
        long wait = unless != null ? FIRST_MESSAGE_NANOS : heartbeatNanos / 2 + spread;
        socket.loop().wheel().schedule(timer, now + wait);
    }

    /** The peer has said who it is. */
    void introduced() {
        unlessIntroduced = null;
    }

    /** Ends the peer in {@code wait}: a moment to leave by itself. */
    void endAfter(Duration wait, Disconnect why) {
        ending = why;
        socket.loop().wheel().schedule(timer, socket.loop().clock().nanos() + wait.toNanos());
    }

    void stop() {
        socket.loop().wheel().cancel(timer);
    }

    private void beat(long nowNanos) {
        if (session.isClosed()) {
            return;
        }
        long silent = nowNanos - socket.heardNanos();
        var why = reasonToEnd(silent);
        if (why != null) {
            end.accept(why);
            return;
        }
        session.present(silent < heartbeatNanos * 3 / 2);
        if (nowNanos - pingedNanos >= heartbeatNanos * 9 / 10 && socket.writable()) {
            pingedNanos = nowNanos;
            socket.ping();
        }
        socket.loop().wheel().schedule(timer, nowNanos + untilNextLook(silent, nowNanos - pingedNanos));
    }

    /**
     * A ping every heartbeat; between two of them one look at who did not answer, and further ones while a peer is silent,
     * so that a vanished one has left within two heartbeats, the usual grace included. Whoever could take no ping gets it soon
     * after it reads again.
     */
    private long untilNextLook(long silentNanos, long sincePingNanos) {
        if (silentNanos >= heartbeatNanos) {
            return heartbeatNanos / 5;
        }
        long look = heartbeatNanos * 3 / 5;
        return sincePingNanos < look
                ? look - sincePingNanos
                : Math.max(heartbeatNanos - sincePingNanos, heartbeatNanos / 5);
    }

    private @Nullable Disconnect reasonToEnd(long silentNanos) {
        if (ending != null) {
            return ending;
        }
        if (unlessIntroduced != null) {
            return unlessIntroduced;
        }
        if (session.identity().isExpiredAt(socket.loop().clock().now())) {
            return Disconnect.UNAUTHENTICATED;
        }
        return silentNanos > heartbeatNanos * 12 / 5 ? Disconnect.TIMEOUT : null;
    }
}
