package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.Loop;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, whatever the HTTP version that carries it. Confined to {@link #loop()}: handlers run there
 * and come back there before they touch the exchange.
 *
 * <p>Exactly one of {@link #respond}, {@link #refuse}, {@link #stream} and {@link #upgrade} ends the wait of the client.
 * After the peer has gone ({@link #onClose}) all of them are ignored and release what they were given.
 */
public interface HttpExchange {
    Loop loop();

    /** {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}: for logs; nothing may depend on it. */
    String version();

    String method();

    /** The path with percent-encoding decoded once, without the query: {@code /v1/events}. */
    String path();

    /** The request target as it came, query included: for logs. It may hold secrets. */
    String target();

    /** The pattern of the route that matched, {@code /v1/channels/{channel}}; {@code none} where none did. */
    String route();

    /** The parsed query string; decoded once. */
    Query query();

    /** Request fields; names compare without case. With HTTP/2, {@code host} stands for {@code :authority}. */
    HttpHeaders headers();

    /** The connection's remote address. */
    InetSocketAddress peer();

    /** True over TLS. */
    boolean secure();

    /** Unique for this request; answered as {@code x-request-id} and as a problem's {@code instance}. */
    String requestId();

    /** A value that the matched route's pattern captured: {@code {channel}} is {@code parameter("channel")}. */
    String parameter(String name);

    /**
     * Collects the request body. {@code body} is called on the loop with a buffer that it must release. A body longer than
     * {@code maxBytes} is refused with 413 and {@code body} is not called, nor is it when the peer goes first.
     */
    void collectBody(int maxBytes, Consumer<ByteBuf> body);

    /**
     * Streams the request body: {@code reader} gets every part as it comes and says when it wants more. At most one of
     * {@code readBody} and {@link #collectBody} is called. A body that nobody asked for is discarded.
     */
    void readBody(BodyReader reader);

    /** Fields to add to whatever response follows, such as {@code Vary}. */
    HttpHeaders responseHeaders();

    /** Answers at once. {@code body} is taken over; for HEAD its length is told and its bytes are not sent. */
    void respond(int status, ByteBuf body);

    /** Answers with {@code application/problem+json}. */
    void refuse(Problem problem);

    /**
     * Begins a response whose body follows in parts, framed as the version asks (chunks, DATA frames). With the response
     * field {@code connection: close} an HTTP/1.1 body is not chunked: it ends with the connection.
     */
    ResponseStream stream(int status);

    /**
     * Takes the connection away from HTTP after a 101 response (RFC 9110 section 7.8). Only HTTP/1.1 can: elsewhere null.
     * The returned outlet has sent the response head and belongs to the caller, with the bytes that come in.
     */
    @Nullable
    UpgradedConnection upgrade(String protocol);

    /**
     * Lets go of the request's fields, query and parameters, which are empty from here on: for a stream that lives long, so
     * that a quiet reader costs little memory. Called after {@link #stream}.
     */
    void forgetRequest();

    /** Asks for {@code action} on the loop once when the exchange ends, however it ends. */
    void onClose(Runnable action);
}
