package io.sluice.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs as Standard Webhooks 1.0 does: HMAC-SHA256 over id, time in seconds and body, joined by dots. Thread-safe. */
final class CallbackSignature {
    private final SecretKeySpec key;

    CallbackSignature(byte[] secret) {
        key = new SecretKeySpec(secret, "HmacSHA256");
    }

    /** The value of {@code webhook-signature}. */
    String of(String id, long seconds, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
