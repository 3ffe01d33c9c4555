package io.sluice.hub.transport;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBuf;
import io.sluice.auth.Identity;
import io.sluice.http.JsonText;
import io.sluice.http.WebSocket;
import io.sluice.http.WebSocketFrames;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Gap;
import io.sluice.hub.Inbox;
import io.sluice.hub.Session;
import io.sluice.hub.Subscription;
import io.sluice.hub.Wire;
import io.sluice.hub.wire.JsonReply;
import io.sluice.hub.wire.WebSocketDeflateWire;
import io.sluice.hub.wire.WebSocketJsonWire;
import io.sluice.net.Outlet;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket client: its inbox, its heartbeat and the flow of its commands. Confined to its loop.
 *
 * <p>A client is read only while it reads: with its outlet full, or {@link #MAX_IN_FLIGHT} commands unanswered, its further
 * commands stay in its own socket.
 */
final class WebSocketSession implements Inbox, WebSocket.Listener {
    static final int MAX_IN_FLIGHT = 128;

    private static final Duration CLOSE_AFTER_DRAIN = Duration.ofMillis(500);

    private final Transports.Context context;
    private final InetAddress peer;
    private final Identity first;
    private boolean anonymous;
    private @Nullable WebSocket socket;
    private @Nullable WebSocketHeartbeat heartbeat;
    private @Nullable Session session;
    private @Nullable WebSocketCommands commands;
    private int inFlight;
    private boolean reading = true;

    WebSocketSession(Transports.Context context, InetAddress peer, Identity first, boolean anonymous) {
        this.context = context;
        this.peer = peer;
        this.first = first;
        this.anonymous = anonymous;
    }

    /** Greets the client and begins to read. */
    void start(WebSocket accepted) {
        socket = accepted;
        var opened = context.hub().connect(accepted.loop(), this, first, true);
        session = opened;
        commands = new WebSocketCommands(context, opened, this);
        heartbeat =
                new WebSocketHeartbeat(accepted, opened, context.hub().config().heartbeat(), this::disconnect);
        heartbeat.begin(anonymous ? Disconnect.UNAUTHENTICATED : null);
        send(out -> {
            raw(
                    out,
                    "{\"type\":\"welcome\",\"session\":\"" + opened.id() + "\",\"heartbeat\":"
                            + context.hub().config().heartbeat().toSeconds());
            if (first.user() != null) {
                raw(out, ",\"user\":");
                JsonText.string(out, first.user());
            }
            out.writeByte('}');
        });
        accepted.start();
    }

    InetAddress peer() {
        return peer;
    }

    /** True while the client has not said who it is and must. */
    boolean isAnonymous() {
        return anonymous;
    }

    /** The client has shown who it is. */
    void identified(Identity identity) {
        if (session != null) {
            anonymous = false;
            session.identify(identity);
            if (heartbeat != null) {
                heartbeat.introduced();
            }
        }
    }

    /** Counts a command that will be answered later. */
    void began() {
        inFlight++;
        mayRead();
    }

    /** Sends the answer of a command counted by {@link #began}. */
    void answer(Consumer<ByteBuf> json) {
        inFlight--;
        send(json);
        mayRead();
    }

    /** Sends one text message that {@code json} writes. */
    void send(Consumer<ByteBuf> json) {
        if (socket != null && !socket.isClosed()) {
            var frame = WebSocketFrames.text(context.allocator().directBuffer(), json);
            socket.write(frame);
            frame.release();
        }
    }

    @Override
    public void text(WebSocket from, byte[] utf8) {
        if (session != null) {
            session.present(true);
        }
        if (commands != null) {
            commands.handle(utf8);
        }
        mayRead();
    }

    @Override
    public void binary(WebSocket from, byte[] bytes) {
        disconnect(Disconnect.UNSUPPORTED_DATA);
    }

    @Override
    public void writable(WebSocket of) {
        if (session != null && !session.isClosed()) {
            session.resume();
            mayRead();
        }
    }

    @Override
    public void closed(WebSocket of) {
        if (heartbeat != null) {
            heartbeat.stop();
        }
        if (session != null) {
            session.close();
        }
    }

    @Override
    public String transport() {
        return "websocket";
    }

    @Override
    public Wire wire() {
        return socket != null && socket.deflates() ? WebSocketDeflateWire.INSTANCE : WebSocketJsonWire.INSTANCE;
    }

    @Override
    public boolean writable() {
        return socket != null && socket.writable();
    }

    @Override
    public @Nullable Outlet outlet() {
        return socket == null ? null : socket.outlet();
    }

    @Override
    public void deliver(Subscription subscription, ByteBuf encoded, long from, long to) {
        if (socket != null) {
            socket.write(encoded);
        }
    }

    @Override
    public void gap(Subscription subscription, Gap gap) {
        send(out -> {
            raw(out, "{\"type\":\"gap\",");
            JsonReply.gap(out, gap);
            out.writeByte('}');
        });
    }

    @Override
    public void notice(ByteBuf encoded) {
        if (writable() && socket != null) {
            socket.write(encoded);
        }
    }

    @Override
    public void expiring(Duration left) {
        send(out -> raw(out, "{\"type\":\"expiring\",\"in_ms\":" + left.toMillis() + "}"));
    }

    @Override
    public void drain(Duration wait) {
        send(out -> raw(out, "{\"type\":\"drain\",\"reconnect_after_ms\":" + wait.toMillis() + "}"));
        if (heartbeat != null) {
            heartbeat.endAfter(CLOSE_AFTER_DRAIN, Disconnect.DRAINING);
        }
    }

    @Override
    public void disconnect(Disconnect why) {
        if (socket != null && !socket.isClosed()) {
            if (session != null) {
                context.hub().refusals().disconnected(session, why);
            }
            socket.close(why.code(), why.reason());
        }
    }

    private void mayRead() {
        if (socket != null && !socket.isClosed()) {
            boolean read = inFlight < MAX_IN_FLIGHT && socket.writable();
            if (read != reading) {
                reading = read;
                socket.reading(read);
            }
        }
    }
}
