package io.sluice.hub.transport;

import static io.sluice.fuzz.FuzzTarget.check;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.config.HookConfig;
import io.sluice.config.HookConfig.Style;
import io.sluice.config.Secret;
import io.sluice.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A head, an empty line and a body. What nobody signed is refused; the same body is taken with its provider's signature among
 * whatever else is in the fields, and not when any of it is changed.
 */
public final class SignatureFuzz implements FuzzTarget {
    private static final byte[] KEY = "0123456789abcdef01234567".getBytes(StandardCharsets.US_ASCII);
    private static final long NOW = 1_700_000_000L;
    private static final Map<Style, WebhookSignature> STYLES = Map.of(
            Style.STANDARD, signature(Style.STANDARD),
            Style.STRIPE, signature(Style.STRIPE),
            Style.GITHUB, signature(Style.GITHUB));

    @Override
    public void run(byte[] input) {
        var text = new String(input, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\n\n");
        var head = end < 0 ? text : text.substring(0, end);
        var body = end < 0 ? new byte[0] : Arrays.copyOfRange(input, end + 2, input.length);
        STYLES.forEach((style, signature) -> {
            check(signature.problem(fields(head), body, NOW) != null, "taken unsigned by " + style);
            var id = signature.id(fields(head));
            check(id == null || !WebhookSignature.isId(id) || id.length() <= 180, "an id without end");
            signed(style, signature, head, body);
        });
    }

    private static void signed(Style style, WebhookSignature signature, String head, byte[] body) {
        var fields = fields(head);
        switch (style) {
            case STANDARD -> {
                var mark = Base64.getEncoder().encodeToString(hmac("m1." + NOW + ".", body));
                fields.set("webhook-id", "m1").set("webhook-timestamp", NOW);
                fields.set("webhook-signature", "v1,AAAA v1," + mark);
            }
            case STRIPE ->
                fields.set(
                        "stripe-signature",
                        "t=" + NOW + ",v0=00,v1=" + HexFormat.of().formatHex(hmac(NOW + ".", body)));
            case GITHUB ->
                fields.set("x-hub-signature-256", "sha256=" + HexFormat.of().formatHex(hmac("", body)));
        }
        check(signature.problem(fields, body, NOW) == null, "a good signature is refused by " + style);
        var longer = Arrays.copyOf(body, body.length + 1);
        check(signature.problem(fields, longer, NOW) != null, "a changed body is taken by " + style);
        check(
                style == Style.GITHUB || signature.problem(fields, body, NOW + 301) != null,
                "an old signature is taken by " + style);
    }

    private static HttpHeaders fields(String head) {
        var fields =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        for (var line : head.split("\n", 20)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.add(line.substring(0, colon), line.substring(colon + 1).trim());
            }
        }
        return fields;
    }

    private static WebhookSignature signature(Style style) {
        var secret = style == Style.STANDARD
                ? "whsec_" + Base64.getEncoder().encodeToString(KEY)
                : new String(KEY, StandardCharsets.US_ASCII);
        return new WebhookSignature(new HookConfig(style, List.of(new Secret(secret)), "hooks", null, null));
    }

    private static byte[] hmac(String before, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            mac.update(before.getBytes(StandardCharsets.US_ASCII));
            return mac.doFinal(body);
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
