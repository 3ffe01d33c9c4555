package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslHandler;
import io.sluice.net.ClientAddress;
import io.sluice.net.FairReads;
import io.sluice.net.Outlet;
import io.sluice.net.SocketOutlet;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries the exchanges of one HTTP/1.1 connection, one after the other: what each says is framed by {@link Http1Response},
 * and the connection is told when a response begins and ends. Confined to its loop.
 */
final class Http1Carrier implements Carrier {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** A smaller response fits into what the kernel takes from a reader that is slow, but reads. */
    private static final int LARGE = 64 << 10;

    private final Http1Connection connection;
    private final HttpServer server;
    private final Channel socket;
    private final FairReads reads;
    private final SocketOutlet out;
    private final Http1Response response;
    private final boolean secure;

    private final Unsent unsent;

    private boolean http10;
    private boolean closeAfter;
    private boolean headSent;
    private boolean continueExpected;
    private boolean responseEnded;

    Http1Carrier(Http1Connection connection, HttpServer server, Channel socket, SocketOutlet out) {
        this.connection = connection;
        this.server = server;
        this.socket = socket;
        this.reads = FairReads.of(socket);
        this.out = out;
        this.response = new Http1Response(out, socket.alloc());
        this.secure = socket.pipeline().get(SslHandler.class) != null;
        // Requests follow each other here: the next one waits for this response anyway.
        this.unsent = server.unsent(socket, () -> {});
    }

    // ---- what the connection says and asks

    /** The next exchange begins. */
    void next(boolean isHttp10, boolean lastOne) {
        http10 = isHttp10;
        closeAfter = lastOne;
        headSent = false;
        continueExpected = false;
        responseEnded = false;
    }

    /** Whose the exchange is that has begun: a proxy brings those of many over one connection. */
    void isFor(InetSocketAddress client) {
        unsent.isFor(client);
    }

    /** The client sends its body only once it is told to go on. */
    void expectContinue() {
        continueExpected = true;
    }

    /** True when the body may never come: the client was not told to send it. */
    boolean continueIsExpected() {
        return continueExpected;
    }

    /** No exchange follows the current one. */
    void makeLast() {
        closeAfter = true;
    }

    boolean isLast() {
        return closeAfter;
    }

    boolean responseEnded() {
        return responseEnded;
    }

    // ---- what the exchange says and asks

    @Override
    public void respond(int status, HttpHeaders fields, ByteBuf content, boolean bodiless) {
        int length = bodiless ? 0 : content.readableBytes();
        response.whole(status, fields, content, bodiless, closesAfter(status, fields));
        if (length >= LARGE) {
            unsent.add(length, out.sent());
        }
        ended();
    }

    @Override
    public void begin(int status, HttpHeaders fields, boolean bodiless) {
        response.begin(status, fields, bodiless, closesAfter(status, fields));
        connection.streamBegun();
    }

    private boolean closesAfter(int status, HttpHeaders fields) {
        headSent = true;
        // Whoever is refused again and again is read more slowly.
        reads.answered(status >= 400);
        closeAfter |= fields.containsValue("connection", "close", true) || server.isDraining() || continueExpected;
        return closeAfter;
    }

    @Override
    public void write(ByteBuf bytes) {
        response.write(bytes);
    }

    @Override
    public @Nullable Outlet plainBody() {
        return response.isPlain() ? out : null;
    }

    @Override
    public void end(HttpHeaders trailers) {
        if (response.end(trailers)) {
            ended();
        } else {
            abort();
        }
    }

    private void ended() {
        responseEnded = true;
        connection.responseEnded();
    }

    @Override
    public void abort() {
        connection.abort();
    }

    @Override
    public boolean writable() {
        return out.writable();
    }

    @Override
    public void wantBody(boolean mayPause) {
        if (continueExpected && !headSent) {
            continueExpected = false;
            var bytes = socket.alloc().directBuffer(CONTINUE.length).writeBytes(CONTINUE);
            out.write(bytes);
            bytes.release();
        }
        connection.bodyWanted(mayPause);
    }

    @Override
    public @Nullable UpgradedConnection upgrade(String protocol, HttpHeaders fields) {
        if (http10 || !connection.mayUpgrade()) {
            return null;
        }
        reads.answered(false);
        response.switching(protocol, fields);
        return connection.leaveHttp();
    }

    @Override
    public String version() {
        return http10 ? "HTTP/1.0" : "HTTP/1.1";
    }

    @Override
    public InetSocketAddress peer() {
        return Objects.requireNonNull(ClientAddress.of(socket));
    }

    @Override
    public boolean secure() {
        return secure;
    }
}
