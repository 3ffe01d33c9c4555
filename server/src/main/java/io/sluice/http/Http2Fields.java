package io.sluice.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Header fields between HTTP/2's form and ours (RFC 9113 section 8). */
final class Http2Fields {
    private Http2Fields() {}

    /** A request's fields, with {@code host} from {@code :authority} and cookie crumbs joined; throws {@link Refusal}. */
    static HttpHeaders fromRequest(Http2Headers from, int maxFields) {
        var fields = plain(from, maxFields);
        var authority = from.authority();
        var hosts = fields.getAll("host");
        if (hosts.size() > 1
                || authority != null && !hosts.isEmpty() && !hosts.getFirst().contentEquals(authority)) {
            throw Refusal.bad("there must be one host, in :authority or in host");
        }
        if (authority != null) {
            fields.set("host", authority.toString());
        }
        var host = fields.get("host");
        if (host == null || !RequestHead.isAuthority(host)) {
            throw Refusal.bad("the host is missing or not valid");
        }
        return fields;
    }

    /** Regular fields; pseudo-header fields are left out. */
    static HttpHeaders plain(Http2Headers from, int maxFields) {
        var fields =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        StringBuilder cookies = null;
        int count = 0;
        for (var field : from) {
            var name = field.getKey();
            var value = field.getValue();
            if (++count > maxFields) {
                throw new Refusal(Problem.of(ClientError.HEADERS_TOO_LARGE, "there are too many header fields")
                        .with("limit", maxFields));
            }
            if (name.length() > 0 && name.charAt(0) == ':') {
                continue;
            }
            checkValue(value);
            if (isConnectionField(name)) {
                throw Refusal.bad("a field of the connection has no place in HTTP/2");
            }
            if (AsciiString.contentEquals(name, "cookie")) {
                cookies = cookies == null
                        ? new StringBuilder(value)
                        : cookies.append("; ").append(value);
            } else {
                fields.add(name.toString(), value.toString());
            }
        }
        if (cookies != null) {
            fields.set("cookie", cookies.toString());
        }
        return fields;
    }

    private static void checkValue(CharSequence value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 0x20 && c != '\t' || c == 0x7f) {
                throw Refusal.bad("a header value has a control character");
            }
        }
    }

    /** An HTTP/1.1 request's head in HTTP/2's form. */
    static Http2Headers request(RequestHead head) {
        var fields = new DefaultHttp2Headers(false);
        fields.method(head.method()).path(head.target()).scheme("http");
        var host = head.headers().get("host");
        if (host != null) {
            fields.authority(host);
        }
        head.headers().forEach(field -> {
            var name = field.getKey().toLowerCase(Locale.ROOT);
            if (!name.equals("host")
                    && !name.equals("http2-settings")
                    && !name.equals("te")
                    && !isConnectionField(name)) {
                fields.add(name, field.getValue());
            }
        });
        return fields;
    }

    /** A response's head. Fields that speak of the connection are left out. */
    static Http2Headers response(int status, HttpHeaders from, @Nullable String length) {
        var fields = new DefaultHttp2Headers(false, 16);
        fields.status(Integer.toString(status));
        copy(from, fields, length != null);
        if (length != null) {
            fields.set("content-length", length);
        }
        return fields;
    }

    static Http2Headers trailers(HttpHeaders from) {
        var fields = new DefaultHttp2Headers(false, 8);
        copy(from, fields, true);
        return fields;
    }

    private static void copy(HttpHeaders from, Http2Headers to, boolean withoutLength) {
        var entries = from.iteratorCharSequence();
        while (entries.hasNext()) {
            var entry = entries.next();
            var name = AsciiString.of(entry.getKey()).toLowerCase();
            if (!isConnectionField(name) && !(withoutLength && name.contentEquals("content-length"))) {
                to.add(name, entry.getValue());
            }
        }
    }

    private static boolean isConnectionField(CharSequence name) {
        return switch (name.length()) {
            case 7 -> AsciiString.contentEquals(name, "upgrade");
            case 10 -> AsciiString.contentEquals(name, "connection") || AsciiString.contentEquals(name, "keep-alive");
            case 16 -> AsciiString.contentEquals(name, "proxy-connection");
            case 17 -> AsciiString.contentEquals(name, "transfer-encoding");
            default -> false;
        };
    }
}
