package io.sluice.grpc;

import static io.sluice.fuzz.FuzzTarget.check;

import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.sluice.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** Lines of {@code name: value}: what metadata holds of them comes back from the fields it is written to. */
public final class MetadataFuzz implements FuzzTarget {
    @Override
    public void run(byte[] input) {
        var fields =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        var text = new String(input, StandardCharsets.ISO_8859_1);
        for (var line : text.split("\n", 20)) {
            int colon = line.indexOf(':');
            // A field with a control character never gets this far: HTTP refuses it.
            if (colon > 0 && line.chars().noneMatch(c -> c < 0x20 || c == 0x7f)) {
                fields.add(line.substring(0, colon), line.substring(colon + 1).trim());
            }
        }
        var metadata = MetadataFields.read(fields);

        var written = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        MetadataFields.write(metadata, written);
        check(same(metadata, MetadataFields.read(written)), metadata + " is written as " + written);

        var message = MetadataFields.ending(Status.INTERNAL.withDescription(text), new Metadata())
                .get("grpc-message");
        check(message.chars().allMatch(c -> c >= 0x20 && c < 0x7f), "a status message: " + message);

        var nanos = GrpcTimeout.nanos(text);
        check(nanos == null || nanos >= 0 && text.matches("\\d{1,8}[HMSmun]"), text + " is a timeout of " + nanos);
    }

    private static boolean same(Metadata one, Metadata other) {
        return one.keys().equals(other.keys())
                && one.keys().stream()
                        .allMatch(name -> name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
                                ? Arrays.deepEquals(binary(one, name), binary(other, name))
                                : Objects.equals(ascii(one, name), ascii(other, name)));
    }

    private static Object[] binary(Metadata metadata, String name) {
        var values = Objects.requireNonNull(metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER)));
        return java.util.stream.StreamSupport.stream(values.spliterator(), false)
                .toArray();
    }

    private static java.util.List<String> ascii(Metadata metadata, String name) {
        var values = Objects.requireNonNull(metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
        return java.util.stream.StreamSupport.stream(values.spliterator(), false)
                .toList();
    }
}
