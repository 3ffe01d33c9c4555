package io.sluice.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A request target (RFC 9112 section 3.2), percent-decoded exactly once. What two readers could understand differently is
 * refused: encoded slashes and backslashes, dot segments, control characters, fragments, bytes that are not UTF-8.
 *
 * @param authority the host of an absolute-form target, else empty
 */
record RequestTarget(String path, Query query, String authority) {
    static RequestTarget parse(String target, int maxParameters) {
        String authority = "";
        String rest = target;
        if (!target.startsWith("/") && !target.equals("*")) {
            int scheme = target.regionMatches(true, 0, "http://", 0, 7)
                    ? 7
                    : target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
            if (scheme < 0) {
                throw Refusal.bad("the request target must be a path or an http URL");
            }
            int end = scheme;
            while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
                end++;
            }
            authority = target.substring(scheme, end);
            rest = end == target.length() || target.charAt(end) != '/'
                    ? "/" + target.substring(end)
                    : target.substring(end);
        }
        if (rest.indexOf('#') >= 0) {
            throw Refusal.bad("the request target must not have a fragment");
        }
        int question = rest.indexOf('?');
        var path = decode(question < 0 ? rest : rest.substring(0, question), false);
        var query = question < 0 ? Query.EMPTY : query(rest.substring(question + 1), maxParameters);
        return new RequestTarget(checked(path), query, authority);
    }

    private static String checked(String path) {
        int dot = path.indexOf("/.");
        while (dot >= 0) {
            int end = dot + 2;
            if (end < path.length() && path.charAt(end) == '.') {
                end++;
            }
            if (end == path.length() || path.charAt(end) == '/') {
                throw Refusal.bad("the path must not have '.' or '..' segments");
            }
            dot = path.indexOf("/.", dot + 1);
        }
        return path;
    }

    private static Query query(String text, int maxParameters) {
        var parameters = new LinkedHashMap<String, List<String>>();
        int count = 0;
        for (int from = 0; from <= text.length(); ) {
            int end = text.indexOf('&', from);
            end = end < 0 ? text.length() : end;
            if (end > from) {
                if (++count > maxParameters) {
                    throw new Refusal(Problem.of(ClientError.BAD_REQUEST, "there are too many query parameters")
                            .with("limit", maxParameters));
                }
                int equals = text.indexOf('=', from);
                boolean named = equals >= 0 && equals < end;
                var name = decode(text.substring(from, named ? equals : end), true);
                var value = named ? decode(text.substring(equals + 1, end), true) : "";
                parameters.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
            }
            from = end + 1;
        }
        return new Query(parameters);
    }

    private static String decode(String text, boolean form) {
        if (isPlain(text, form)) {
            return text;
        }
        var bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int value = i + 2 < text.length() ? (hex(text.charAt(i + 1)) << 4) | hex(text.charAt(i + 2)) : -1;
                if (value < 0) {
                    throw Refusal.bad("the request target has a bad percent escape");
                }
                if (value == 0 || (!form && (value < 0x20 || value == 0x7f || value == '/' || value == '\\'))) {
                    throw Refusal.bad("the path must not have encoded slashes, backslashes or control characters");
                }
                bytes.put((byte) value);
                i += 2;
            } else if (c == '+' && form) {
                bytes.put((byte) ' ');
            } else if (c < 0x20 || c == 0x7f || c == '\\' && !form) {
                throw Refusal.bad("the request target must not have control characters, its path no backslashes");
            } else {
                bytes.put((byte) c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(bytes.flip())
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw Refusal.bad("the request target is not UTF-8 after percent decoding");
        }
    }

    private static boolean isPlain(String text, boolean form) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' || c == '\\' || c < 0x20 || c >= 0x7f || (form && c == '+')) {
                return false;
            }
        }
        return true;
    }

    /** The value of a hexadecimal digit; a negative number otherwise. */
    private static int hex(char c) {
        return Character.digit(c, 16) >= 0 && c < 0x80 ? Character.digit(c, 16) : -256;
    }
}
