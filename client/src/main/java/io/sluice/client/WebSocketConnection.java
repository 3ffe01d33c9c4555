package io.sluice.client;

import io.sluice.client.LinkInbox.Item;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One WebSocket: a virtual thread opens it and then reads it into the inbox, few messages ahead of the link, so that TCP carries a
 * slow reader to the server. Made of sockets, because the JDK's WebSocket keeps the end of a connection to itself when it
 * follows a message at once (docs/decisions/java-client.md). Used by the link's thread.
 */
final class WebSocketConnection {
    /** Messages that may wait for the link. */
    private static final int AHEAD = 8;

    private final WebSocketHandshake handshake;
    private final LinkInbox inbox;
    private final Duration timeout;
    private final Semaphore room = new Semaphore(AHEAD);
    private final ReentrantLock writing = new ReentrantLock();
    private final CompletableFuture<Socket> opened = new CompletableFuture<>();

    private WebSocketConnection(WebSocketHandshake handshake, LinkInbox inbox, Duration timeout) {
        this.handshake = handshake;
        this.inbox = inbox;
        this.timeout = timeout;
    }

    /** Opens one within the endpoint's timeout. What comes is put into {@code inbox}; the last thing is why it ended. */
    static WebSocketConnection open(Endpoint endpoint, LinkInbox inbox, Optional<String> token)
            throws LinkBroken, InterruptedException {
        var handshake = new WebSocketHandshake(endpoint.at("/v1/ws"), endpoint.http(), endpoint.timeout());
        var connection = new WebSocketConnection(handshake, inbox, endpoint.timeout());
        Thread.ofVirtual().name("sluice-websocket").start(() -> connection.run(token));
        boolean taken = false;
        try {
            connection.opened.get(endpoint.timeout().toNanos(), TimeUnit.NANOSECONDS);
            taken = true;
            return connection;
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof LinkBroken broken) {
                throw broken;
            }
            throw LinkBroken.network(failure);
        } catch (TimeoutException late) {
            throw new LinkBroken(
                    LinkBroken.Blame.TRANSPORT,
                    new SluiceException(ProblemCode.CONNECTION_LOST, "no WebSocket within " + endpoint.timeout()));
        } finally {
            if (!taken) {
                connection.abort();
            }
        }
    }

    /** The link has taken a message: another may be read. */
    void taken() {
        room.release();
    }

    /** Sends a text message; throws when the peer does not take it in time. */
    void sendText(String text) throws LinkBroken, InterruptedException {
        send(WebSocketFrames.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A pong unasked is a heartbeat (RFC 6455 section 5.5.3). Whether it arrives shows elsewhere. */
    void sendPong() throws InterruptedException {
        try {
            send(WebSocketFrames.PONG, new byte[0]);
        } catch (LinkBroken gone) {
            // The reader finds the end of the connection, behind what has come before it.
        }
    }

    /** Says good-bye, and closes. */
    void close() throws InterruptedException {
        try {
            send(WebSocketFrames.CLOSE, WebSocketFrames.closing(WebSocketFrames.NORMAL));
        } catch (LinkBroken alreadyGone) {
            // It was to be closed anyway.
        } finally {
            abort();
        }
    }

    /** Closes at once. */
    void abort() {
        handshake.abort();
        room.release(AHEAD);
    }

    /** A socket's write knows no timeout: a thread of its own waits, and closing the socket ends it. */
    private void send(int opcode, byte[] payload) throws LinkBroken, InterruptedException {
        var sent = new CompletableFuture<Void>();
        Thread.ofVirtual().name("sluice-websocket-send").start(() -> {
            try {
                write(opcode, payload);
                sent.complete(null);
            } catch (IOException failure) {
                sent.completeExceptionally(failure);
            }
        });
        try {
            sent.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            throw LinkBroken.network(failure.getCause() == null ? failure : failure.getCause());
        } catch (TimeoutException stuck) {
            abort();
            throw LinkBroken.silent();
        }
    }

    private void write(int opcode, byte[] payload) throws IOException {
        var output = opened.join().getOutputStream();
        var frame = WebSocketFrames.encoded(opcode, payload);
        writing.lock();
        try {
            output.write(frame);
            output.flush();
        } finally {
            writing.unlock();
        }
    }

    private void run(Optional<String> token) {
        try {
            var open = handshake.open(token);
            opened.complete(open.socket());
            inbox.put(new Item.Ended(this, reason(open)));
        } catch (LinkBroken refused) {
            opened.completeExceptionally(refused);
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException theirs) {
            // Of the application's proxy selector, cookie handler or trust manager; whoever waits must not wait for the
            // timeout.
            if (!opened.completeExceptionally(theirs)) {
                inbox.put(new Item.Ended(this, Problems.of(theirs)));
            }
        } finally {
            handshake.abort();
        }
    }

    /** Reads to the end; returns why it ended. */
    private SluiceException reason(WebSocketHandshake.Opened open) throws InterruptedException {
        var frames = new WebSocketFrames(open.input(), Math.toIntExact(Endpoint.MAX_ANSWER_BYTES));
        try {
            while (true) {
                var message = frames.next();
                switch (message.opcode()) {
                    case WebSocketFrames.TEXT -> {
                        room.acquire();
                        inbox.put(new Item.Text(message.text()));
                    }
                    case WebSocketFrames.CLOSE -> {
                        var why = closed(message);
                        write(WebSocketFrames.CLOSE, message.payload());
                        return why;
                    }
                    case WebSocketFrames.PING -> {
                        inbox.put(new Item.Heard());
                        write(WebSocketFrames.PONG, message.payload());
                    }
                    default -> inbox.put(new Item.Heard());
                }
            }
        } catch (WebSocketFrames.Invalid wrong) {
            tell(wrong.code());
            return new SluiceException(ProblemCode.BAD_ANSWER, String.valueOf(wrong.getMessage()), wrong);
        } catch (IOException broken) {
            return Problems.of(broken);
        }
    }

    private static SluiceException closed(WebSocketFrames.Message close) throws WebSocketFrames.Invalid {
        var payload = close.payload();
        if (payload.length < 2) {
            return new SluiceException(ProblemCode.CONNECTION_LOST, "the WebSocket was closed");
        }
        int code = (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        var reason = new WebSocketFrames.Message(
                WebSocketFrames.TEXT, java.util.Arrays.copyOfRange(payload, 2, payload.length));
        return Problems.closed(code, reason.text());
    }

    private void tell(int code) {
        try {
            write(WebSocketFrames.CLOSE, WebSocketFrames.closing(code));
        } catch (IOException gone) {
            // Nobody is there to be told.
        }
    }
}
