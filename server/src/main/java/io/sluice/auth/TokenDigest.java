package io.sluice.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of a token or API key: what is remembered in place of it. */
record TokenDigest(long first, long second, long third, long fourth) {
    static TokenDigest of(String token) {
        try {
            return of(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Of 64 hexadecimal digits. */
    static TokenDigest parse(String hexadecimal) {
        return of(HexFormat.of().parseHex(hexadecimal));
    }

    private static TokenDigest of(byte[] digest) {
        var longs = ByteBuffer.wrap(digest);
        return new TokenDigest(longs.getLong(), longs.getLong(), longs.getLong(), longs.getLong());
    }
}
