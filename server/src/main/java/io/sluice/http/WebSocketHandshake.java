package io.sluice.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers WebSocket opening handshakes (RFC 6455 section 4.2) and agrees on a subprotocol and on permessage-deflate without
 * context takeover (RFC 7692 section 7.1.1).
 *
 * @param subprotocols those we speak, best first; a client that offers none gets the first without being told
 * @param maxFrame the largest data frame taken, in bytes as it came
 * @param maxMessage the largest message taken, in bytes, after inflating
 * @param tooLargeCode the close code for a larger one
 * @param deflate whether to agree on compression
 */
public record WebSocketHandshake(
        List<String> subprotocols, int maxFrame, int maxMessage, int tooLargeCode, boolean deflate) {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** The same where one frame may hold the largest message. */
    public WebSocketHandshake(List<String> subprotocols, int maxMessage, int tooLargeCode, boolean deflate) {
        this(subprotocols, maxMessage, maxMessage, tooLargeCode, deflate);
    }

    /**
     * Upgrades the exchange, or refuses it and returns null. The listener is made with the agreed subprotocol; the socket
     * reads nothing before its {@link WebSocket#start}.
     */
    public @Nullable WebSocket accept(
            HttpExchange exchange, ByteBufAllocator allocator, Function<String, WebSocket.Listener> listener) {
        var headers = exchange.headers();
        var key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        if (!headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true)) {
            exchange.responseHeaders().set(HttpHeaderNames.UPGRADE, "websocket");
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "this resource speaks WebSocket over HTTP/1.1"));
            return null;
        }
        if (!"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            exchange.responseHeaders().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "sec-websocket-version must be 13"));
            return null;
        }
        if (key == null || !isKey(key)) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "sec-websocket-key must be 16 bytes in base64"));
            return null;
        }
        var protocol = agree(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL));
        if (protocol == null) {
            exchange.refuse(
                    Problem.of(ClientError.BAD_REQUEST, "none of the subprotocols is known; known: " + subprotocols));
            return null;
        }
        boolean deflates = deflate && offersDeflate(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS));
        var response = exchange.responseHeaders();
        response.set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, acceptOf(key));
        if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
            response.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        if (deflates) {
            response.set(
                    HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS,
                    "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        }
        var connection = exchange.upgrade("websocket");
        if (connection == null) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "this resource speaks WebSocket over HTTP/1.1"));
            return null;
        }
        var limits = new WebSocketReader.Limits(maxFrame, maxMessage, tooLargeCode);
        return new WebSocket(connection, limits, deflates, allocator, listener.apply(protocol));
    }

    private @Nullable String agree(List<String> offers) {
        if (offers.isEmpty()) {
            return subprotocols.isEmpty() ? "" : subprotocols.getFirst();
        }
        for (var known : subprotocols) {
            for (var offer : String.join(",", offers).split(",")) {
                if (offer.trim().equals(known)) {
                    return known;
                }
            }
        }
        return subprotocols.isEmpty() ? "" : null;
    }

    /** True when one offer can be met as it stands: a window limit for us cannot, the JDK's deflater has no such knob. */
    private static boolean offersDeflate(List<String> extensions) {
        for (var offer : String.join(",", extensions).toLowerCase(Locale.ROOT).split(",")) {
            var parts = offer.trim().split("\\s*;\\s*");
            if (parts[0].equals("permessage-deflate") && isMeetable(parts)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isMeetable(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            boolean meetable = parts[i].equals("client_no_context_takeover")
                    || parts[i].equals("server_no_context_takeover")
                    || parts[i].startsWith("client_max_window_bits")
                    || parts[i].equals("server_max_window_bits=15");
            if (!meetable) {
                return false;
            }
        }
        return true;
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key.trim()).length == 16;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    private static String acceptOf(String key) {
        try {
            var sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder()
                    .encodeToString(sha1.digest((key.trim() + GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
