package io.sluice.grpc;

import io.grpc.Metadata;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** gRPC's metadata as HTTP fields: values of keys that end in {@code -bin} are bytes and travel in base64. */
final class MetadataFields {
    private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();

    private MetadataFields() {}

    /** The metadata of a request. What cannot be metadata is left out. */
    static Metadata read(HttpHeaders fields) {
        var metadata = new Metadata();
        for (var field : fields) {
            var name = field.getKey().toLowerCase(Locale.ROOT);
            if (name.equals("connection")) {
                continue; // gRPC's metadata refuses it, loudly
            }
            try {
                if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                    var key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
                    for (var part : field.getValue().split(",", -1)) {
                        metadata.put(key, Base64.getDecoder().decode(part.trim()));
                    }
                } else {
                    metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), field.getValue());
                }
            } catch (IllegalArgumentException notMetadata) {
                // Not a name or not base64: nothing that a service could ask for.
            }
        }
        return metadata;
    }

    /** Adds {@code metadata} to {@code fields}. */
    static void write(Metadata metadata, HttpHeaders fields) {
        for (var name : metadata.keys()) {
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                var values = metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
                if (values != null) {
                    values.forEach(value -> fields.add(name, ENCODER.encodeToString(value)));
                }
            } else {
                var values = metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
                if (values != null) {
                    values.forEach(value -> fields.add(name, value));
                }
            }
        }
    }

    /** The fields that end a call. */
    static HttpHeaders ending(io.grpc.Status status, Metadata trailers) {
        var fields = new DefaultHttpHeaders();
        fields.set("grpc-status", Integer.toString(status.getCode().value()));
        var description = status.getDescription();
        if (description != null) {
            fields.set("grpc-message", escaped(description));
        }
        write(trailers, fields);
        return fields;
    }

    /** Percent-encodes what is not printable ASCII, the percent sign, and a space at either end, which a field cannot have. */
    private static String escaped(String message) {
        var out = new StringBuilder(message.length() + 16);
        var bytes = message.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            boolean inside = i > 0 && i < bytes.length - 1;
            if (b > 0x20 && b < 0x7f && b != '%' || b == ' ' && inside) {
                out.append((char) b);
            } else {
                out.append(String.format("%%%02X", b & 0xff));
            }
        }
        return out.toString();
    }
}
