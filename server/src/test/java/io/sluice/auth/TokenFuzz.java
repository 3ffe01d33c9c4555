package io.sluice.auth;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.auth.Authenticator.Result;
import io.sluice.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;

/** Nothing that was not signed with the secret is a token. */
public final class TokenFuzz implements FuzzTarget {
    private final FuzzedTokens tokens = new FuzzedTokens();

    @Override
    public void run(byte[] input) {
        var result = tokens.judge(new String(input, StandardCharsets.ISO_8859_1));

        check(result instanceof Result.Refused, "a forged token is taken: " + result);
    }
}
