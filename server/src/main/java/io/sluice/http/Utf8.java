package io.sluice.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates. */
public final class Utf8 {
    private Utf8() {}

    public static boolean isValid(byte[] bytes) {
        return isValid(bytes, 0);
    }

    /** Checks {@code bytes} from index {@code from} on. */
    public static boolean isValid(byte[] bytes, int from) {
        int i = from;
        while (i < bytes.length && bytes[i] >= 0) {
            i++;
        }
        if (i == bytes.length) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, i, bytes.length - i));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }
}
