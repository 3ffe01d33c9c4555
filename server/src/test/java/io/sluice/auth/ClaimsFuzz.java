package io.sluice.auth;

import static io.sluice.fuzz.FuzzTarget.check;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import io.sluice.auth.Authenticator.Result;
import io.sluice.fuzz.FuzzTarget;
import java.time.Instant;

/** A good signature under any claims: they are refused, or name somebody who also gets a ticket and comes in with it. */
public final class ClaimsFuzz implements FuzzTarget {
    private final FuzzedTokens tokens = new FuzzedTokens();

    @Override
    public void run(byte[] input) {
        if (tokens.judge(signed(input)) instanceof Result.Known(var identity)) {
            var expires = identity.expires();
            check(expires != null && expires.isAfter(tokens.clock.now()), "an expired token is taken");
            check(identity.user() == null || !identity.user().isEmpty(), "a user without a name");
            tokens.tickets.issue(identity, issued -> {
                if (issued instanceof Tickets.Issued.Done(var ticket)) {
                    tokens.tickets.redeem(
                            ticket.text(),
                            redeemed -> check(
                                    redeemed instanceof Result.Known(var again) && isSame(identity, again),
                                    identity + " comes in as " + redeemed));
                }
            });
        }
    }

    private static boolean isSame(Identity identity, Identity again) {
        return java.util.Objects.equals(identity.user(), again.user())
                && java.util.Objects.equals(identity.tokenId(), again.tokenId())
                && toMillis(identity.expires()) == toMillis(again.expires());
    }

    private static long toMillis(@org.jspecify.annotations.Nullable Instant time) {
        return time == null ? 0 : time.toEpochMilli();
    }

    private static String signed(byte[] claims) {
        try {
            var token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims));
            token.sign(new MACSigner(FuzzedTokens.SECRET));
            return token.serialize();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
