package io.sluice.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/**
 * The head of an HTTP/1 request (RFC 9112 sections 2 to 6), parsed strictly: whatever another server could frame in another
 * way is refused, so a request cannot be smuggled past us or past what stands behind us.
 *
 * @param length the body's length in bytes; {@link #CHUNKED} when it is chunked, 0 when there is none
 */
record RequestHead(String method, String target, boolean http10, HttpHeaders headers, long length) {
    static final long CHUNKED = -1;
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c = '!'; c < 127; c++) {
            TOKEN[c] = Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }
    }

    /** Parses {@code bytes[0..end)}, which ends with the empty line; throws {@link Refusal}. */
    static RequestHead parse(byte[] bytes, int end, int maxFields) {
        int lineEnd = lineEnd(bytes, 0, end);
        int method = 0;
        while (method < lineEnd && bytes[method] != ' ') {
            method++;
        }
        int target = method + 1;
        while (target < lineEnd && bytes[target] != ' ') {
            if (bytes[target] <= 0x20 || bytes[target] == 0x7f) {
                throw Refusal.bad("the request target has a forbidden character");
            }
            target++;
        }
        if (method == 0 || method > 32 || !isToken(bytes, 0, method) || target <= method + 1 || lineEnd - target != 9) {
            throw Refusal.bad("the request line must be: method target version");
        }
        var version = text(bytes, target + 1, lineEnd);
        boolean http10 = version.equals("HTTP/1.0");
        if (!http10 && !version.equals("HTTP/1.1")) {
            throw Refusal.bad("the version must be HTTP/1.0 or HTTP/1.1");
        }
        var headers = fields(bytes, lineEnd + 2, end, maxFields);
        return new RequestHead(
                text(bytes, 0, method).intern(),
                text(bytes, method + 1, target),
                http10,
                headers,
                framing(headers, http10));
    }

    /** Parses header or trailer fields up to the empty line. */
    static HttpHeaders fields(byte[] bytes, int from, int end, int maxFields) {
        var headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        int count = 0;
        int at = from;
        while (true) {
            int lineEnd = lineEnd(bytes, at, end);
            if (lineEnd == at) {
                return headers;
            }
            if (++count > maxFields) {
                throw new Refusal(Problem.of(ClientError.HEADERS_TOO_LARGE, "there are too many header fields")
                        .with("limit", maxFields));
            }
            int colon = at;
            while (colon < lineEnd && bytes[colon] != ':') {
                colon++;
            }
            if (colon == lineEnd || colon == at || !isToken(bytes, at, colon)) {
                throw Refusal.bad("a header line must be a token, a colon and a value, without folding");
            }
            headers.add(text(bytes, at, colon), value(bytes, colon + 1, lineEnd));
            at = lineEnd + 2;
        }
    }

    private static String value(byte[] bytes, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && (bytes[start] == ' ' || bytes[start] == '\t')) {
            start++;
        }
        while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b >= 0 && b < 0x20 && b != '\t' || b == 0x7f) {
                throw Refusal.bad("a header value has a control character");
            }
        }
        return text(bytes, start, end);
    }

    private static long framing(HttpHeaders headers, boolean http10) {
        var hosts = headers.getAll("host");
        if (hosts.size() > 1 || hosts.isEmpty() && !http10) {
            throw Refusal.bad("there must be exactly one Host field");
        }
        if (!hosts.isEmpty() && !isAuthority(hosts.getFirst())) {
            throw Refusal.bad("the Host field is not valid");
        }
        var codings = headers.getAll("transfer-encoding");
        var lengths = headers.getAll("content-length");
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty()) {
                throw Refusal.bad("Content-Length and Transfer-Encoding must not come together");
            }
            if (http10 || codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
                throw Refusal.bad("Transfer-Encoding must be one 'chunked', in HTTP/1.1");
            }
            return CHUNKED;
        }
        if (lengths.isEmpty()) {
            return 0;
        }
        var length = lengths.getFirst();
        if (lengths.size() > 1 || length.isEmpty() || length.length() > 18 || !isDigits(length)) {
            throw Refusal.bad("Content-Length must be one decimal number");
        }
        return Long.parseLong(length);
    }

    /** The characters of a host and port, and nothing that another parser could read as something else. */
    static boolean isAuthority(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!(c >= '0' && c <= '9'
                    || c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || "-._~:[]%!$&'()*+,;=".indexOf(c) >= 0)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isToken(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < 0 || !TOKEN[bytes[i]]) {
                return false;
            }
        }
        return true;
    }

    /** Where the line that begins at {@code from} ends: the index of its CR. */
    private static int lineEnd(byte[] bytes, int from, int end) {
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                throw Refusal.bad("lines must end with CR LF");
            }
            if (bytes[i] == '\r') {
                if (i + 1 < end && bytes[i + 1] == '\n') {
                    return i;
                }
                throw Refusal.bad("lines must end with CR LF");
            }
        }
        throw Refusal.bad("the head is not complete");
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
