package io.sluice.client;

import io.sluice.client.LinkInbox.Item;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Puts whole messages into the inbox. The next is asked for when the link has taken one, so that none pile up. */
final class WebSocketInbox implements WebSocket.Listener {
    private final LinkInbox inbox;
    private final StringBuilder parts = new StringBuilder();

    WebSocketInbox(LinkInbox inbox) {
        this.inbox = inbox;
    }

    @Override
    public void onOpen(WebSocket socket) {
        socket.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        if (parts.length() + data.length() > Endpoint.MAX_ANSWER_BYTES) {
            inbox.put(new Item.Ended(this, new SluiceException(ProblemCode.BAD_ANSWER, "the message has no end")));
            return null;
        }
        parts.append(data);
        if (last) {
            inbox.put(new Item.Text(parts.toString()));
            parts.setLength(0);
        } else {
            socket.request(1);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
        inbox.put(new Item.Heard());
        socket.request(1);
        return null; // the JDK answers with the pong itself
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
        inbox.put(new Item.Heard());
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        inbox.put(new Item.Ended(this, Problems.closed(code, reason)));
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        inbox.put(new Item.Ended(this, Problems.of(error)));
    }
}
