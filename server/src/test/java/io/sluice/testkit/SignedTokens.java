package io.sluice.testkit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** Tokens of a test's issuer, who may do everything, signed with {@link #SECRET}. */
public final class SignedTokens {
    public static final String SECRET = "0123456789abcdef0123456789abcdef";

    private SignedTokens() {}

    /** A token of {@code user} that was issued at {@code now}. */
    public static String of(String user, Instant now, Duration life) {
        return sign(claims(user, now, life));
    }

    /** The same claims, to be changed before they are signed. */
    public static JWTClaimsSet.Builder claims(String user, Instant now, Duration life) {
        return new JWTClaimsSet.Builder()
                .subject(user)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(life)))
                .claim(
                        "grants",
                        List.of(Map.of(
                                "channels",
                                "*",
                                "can",
                                List.of("subscribe", "publish", "signal", "presence", "history"))));
    }

    public static String sign(JWTClaimsSet.Builder claims) {
        try {
            var jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
            jwt.sign(new MACSigner(SECRET));
            return jwt.serialize();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
