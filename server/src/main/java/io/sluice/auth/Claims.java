package io.sluice.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import io.sluice.config.AuthConfig;
import io.sluice.limit.Share;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token says, judged except for time.
 *
 * @param notBefore when it begins to count, by {@code nbf} and {@code iat} less the clock skew; null for always
 */
record Claims(Identity identity, @Nullable Instant notBefore) {
    private static final int MAX_GRANTS = 100;
    private static final int MAX_ID_CHARACTERS = 200;

    /** Throws IllegalArgumentException that says which claim breaks which rule. */
    static Claims of(JWTClaimsSet set, AuthConfig config) {
        if (config.issuer() != null && !config.issuer().equals(set.getIssuer())) {
            throw new IllegalArgumentException("iss is not the expected issuer");
        }
        if (config.audience() != null && !set.getAudience().contains(config.audience())) {
            throw new IllegalArgumentException("aud does not name this server");
        }
        if (set.getExpirationTime() == null) {
            throw new IllegalArgumentException("exp is missing");
        }
        var user = set.getSubject();
        if (user != null && (user.isEmpty() || user.length() > MAX_ID_CHARACTERS)) {
            throw new IllegalArgumentException("sub must be 1 to " + MAX_ID_CHARACTERS + " characters");
        }
        var expires = set.getExpirationTime().toInstant().plus(config.clockSkew());
        var issued = set.getIssueTime() == null ? null : set.getIssueTime().toInstant();
        var notBefore =
                set.getNotBeforeTime() == null ? issued : set.getNotBeforeTime().toInstant();
        if (notBefore != null && issued != null && issued.isAfter(notBefore)) {
            notBefore = issued;
        }
        return new Claims(
                new Identity(user, set.getJWTID(), grants(set), expires, issued, null, Share.UNBOUNDED),
                notBefore == null ? null : notBefore.minus(config.clockSkew()));
    }

    private static Grants grants(JWTClaimsSet set) {
        List<?> claimed;
        try {
            claimed = set.getListClaim("grants");
        } catch (ParseException notAList) {
            throw new IllegalArgumentException("grants must be a list", notAList);
        }
        if (claimed == null) {
            return Grants.NONE;
        }
        if (claimed.size() > MAX_GRANTS) {
            throw new IllegalArgumentException("grants must be at most " + MAX_GRANTS);
        }
        var grants = new ArrayList<Grants.Grant>();
        for (var each : claimed) {
            if (!(each instanceof Map<?, ?> grant)
                    || !(grant.get("channels") instanceof String channels)
                    || !(grant.get("can") instanceof List<?> can)) {
                throw new IllegalArgumentException("grants must be objects of channels and can");
            }
            grants.add(new Grants.Grant(channels, verbs(can)));
        }
        return new Grants(grants);
    }

    /** Words that this version does not know grant nothing, so that newer tokens work on older servers. */
    static EnumSet<Verb> verbs(List<?> words) {
        var verbs = EnumSet.noneOf(Verb.class);
        for (var verb : Verb.values()) {
            if (words.contains(verb.name().toLowerCase(Locale.ROOT))) {
                verbs.add(verb);
            }
        }
        return verbs;
    }
}
