package io.sluice.auth;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals what a ticket stands for, so that whoever sees its URL can neither read nor change it. A ticket is one byte for the
 * version, its random id, and the content under AES-256-GCM with a key of its own: HMAC-SHA256 of the id under the secret. A key
 * seals one ticket only, so the nonce is constant and no number of tickets wears the secret out. Immutable.
 */
final class TicketSeal {
    static final int ID_BYTES = 16;

    private static final byte VERSION = 1;
    private static final int TAG_BITS = 128;
    private static final int LEAST = 1 + ID_BYTES + TAG_BITS / 8;
    private static final GCMParameterSpec ONLY_NONCE = new GCMParameterSpec(TAG_BITS, new byte[12]);

    private final SecretKeySpec secret;

    /** @param secret any length; 32 bytes and more are as strong as the seal */
    TicketSeal(byte[] secret) {
        this.secret = new SecretKeySpec(secret, "HmacSHA256");
    }

    /** The ticket's text: URL-safe characters. */
    String seal(byte[] id, byte[] content) {
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, id).doFinal(content);
            var bytes = ByteBuffer.allocate(1 + ID_BYTES + sealed.length);
            bytes.put(VERSION).put(id).put(sealed);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has AES-GCM and HMAC-SHA256", missing);
        }
    }

    /** What a ticket holds, or null when it was not sealed with this secret. */
    @Nullable
    Opened open(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
        if (bytes.length < LEAST || bytes[0] != VERSION) {
            return null;
        }
        var id = Arrays.copyOfRange(bytes, 1, 1 + ID_BYTES);
        try {
            int start = 1 + ID_BYTES;
            return new Opened(id, cipher(Cipher.DECRYPT_MODE, id).doFinal(bytes, start, bytes.length - start));
        } catch (AEADBadTagException forged) {
            return null;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has AES-GCM and HMAC-SHA256", missing);
        }
    }

    record Opened(byte[] id, byte[] content) {}

    private Cipher cipher(int mode, byte[] id) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(secret);
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(mac.doFinal(id), "AES"), ONLY_NONCE);
        cipher.updateAAD(new byte[] {VERSION});
        return cipher;
    }
}
