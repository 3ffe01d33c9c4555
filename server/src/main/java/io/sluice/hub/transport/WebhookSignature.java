package io.sluice.hub.transport;

import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.config.HookConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How one provider signs: HMAC-SHA256 over the raw body, with or without a time before it. Compares in constant time. Immutable.
 *
 * <p>Standard Webhooks: {@code id.time.body}, base64 in {@code webhook-signature}. Stripe: {@code time.body}, hexadecimal in
 * {@code stripe-signature}. GitHub: the body, hexadecimal in {@code x-hub-signature-256}.
 */
final class WebhookSignature {
    /** How many signatures of one request are compared at most. */
    private static final int MOST_SIGNATURES = 10;

    private static final int LONGEST_ID = 180;
    private static final byte[] NOTHING = {};

    private final HookConfig.Style style;
    private final long toleranceSeconds;
    private final List<SecretKeySpec> keys;

    WebhookSignature(HookConfig config) {
        this.style = config.style();
        this.toleranceSeconds = config.window().toSeconds();
        this.keys = config.secrets().stream()
                .map(secret -> new SecretKeySpec(
                        style == HookConfig.Style.STANDARD
                                ? Base64.getDecoder()
                                        .decode(secret.reveal()
                                                .substring(io.sluice.config.WebhookConfig.SECRET_PREFIX.length()))
                                : secret.bytes(),
                        "HmacSHA256"))
                .toList();
    }

    /** Null when the request is signed as it should be and now, else what is wrong, for people. */
    @Nullable
    String problem(HttpHeaders headers, byte[] body, long nowSeconds) {
        return switch (style) {
            case STANDARD -> {
                var id = headers.get("webhook-id");
                var time = headers.get("webhook-timestamp");
                var value = headers.get("webhook-signature");
                if (id == null || time == null || value == null) {
                    yield "webhook-id, webhook-timestamp and webhook-signature must be there";
                }
                var late = late(time, nowSeconds);
                yield late != null ? late : mismatch(base64(value), bytes(id + "." + time + "."), body);
            }
            case STRIPE -> {
                var value = headers.get("stripe-signature");
                if (value == null) {
                    yield "stripe-signature must be there";
                }
                var time = values(value, "t=").findFirst().orElse("");
                var late = late(time, nowSeconds);
                yield late != null
                        ? late
                        : mismatch(
                                values(value, "v1=")
                                        .limit(MOST_SIGNATURES)
                                        .map(WebhookSignature::hex)
                                        .toList(),
                                bytes(time + "."),
                                body);
            }
            case GITHUB -> {
                var value = headers.get("x-hub-signature-256");
                yield value == null || !value.startsWith("sha256=")
                        ? "x-hub-signature-256 must be there, with sha256="
                        : mismatch(List.of(hex(value.substring("sha256=".length()))), NOTHING, body);
            }
        };
    }

    /** The header that names the event, or null where the body does. */
    @Nullable
    String id(HttpHeaders headers) {
        return switch (style) {
            case STANDARD -> headers.get("webhook-id");
            case GITHUB -> headers.get("x-github-delivery");
            case STRIPE -> null;
        };
    }

    /** True for what can be the id of an event. */
    static boolean isId(String id) {
        return !id.isEmpty() && id.length() <= LONGEST_ID && id.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }

    private @Nullable String late(String time, long nowSeconds) {
        if (!time.matches("[0-9]{1,12}")) {
            return "the signature's time must be seconds since 1970";
        }
        return Math.abs(Long.parseLong(time) - nowSeconds) > toleranceSeconds
                ? "the signature's time is more than " + toleranceSeconds + " s off"
                : null;
    }

    private @Nullable String mismatch(List<byte[]> signatures, byte[] before, byte[] body) {
        boolean good = false;
        for (var key : keys) {
            var expected = hmac(key, before, body);
            for (var signature : signatures) {
                good |= MessageDigest.isEqual(expected, signature);
            }
        }
        return good ? null : "no signature is of one of this hook's secrets";
    }

    private static byte[] hmac(SecretKeySpec key, byte[] before, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(before);
            return mac.doFinal(body);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static java.util.stream.Stream<String> values(String header, String prefix) {
        return Arrays.stream(header.split(",", MOST_SIGNATURES + 2))
                .map(String::trim)
                .filter(part -> part.startsWith(prefix))
                .map(part -> part.substring(prefix.length()));
    }

    private static List<byte[]> base64(String header) {
        return Arrays.stream(header.split(" ", MOST_SIGNATURES + 1))
                .limit(MOST_SIGNATURES)
                .filter(part -> part.startsWith("v1,"))
                .map(part -> {
                    try {
                        return Base64.getDecoder().decode(part.substring(3));
                    } catch (IllegalArgumentException notBase64) {
                        return NOTHING;
                    }
                })
                .toList();
    }

    private static byte[] hex(String text) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException notHexadecimal) {
            return NOTHING;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
