package io.sluice.auth;

import io.sluice.config.ApiKeyConfig;
import io.sluice.config.AuthConfig;
import io.sluice.limit.Share;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configured API keys by their SHA-256. A key is a backend and no user: it has grants but no id. Immutable. */
final class ApiKeys {
    private final Map<TokenDigest, Identity> identities;

    ApiKeys(AuthConfig config) {
        var byDigest = new HashMap<TokenDigest, Identity>();
        config.apiKeys().forEach((name, key) -> byDigest.put(TokenDigest.parse(key.sha256()), identity(name, key)));
        identities = Map.copyOf(byDigest);
    }

    /** The backend whose key has this digest, or null. */
    @Nullable
    Identity find(TokenDigest digest) {
        return identities.get(digest);
    }

    /** By what the key of this name is revoked. */
    static String tokenId(String name) {
        return "key:" + name;
    }

    private static Identity identity(String name, ApiKeyConfig key) {
        var grants = new Grants(key.grants().stream()
                .map(grant -> new Grants.Grant(grant.channels(), Claims.verbs(grant.can())))
                .toList());
        return new Identity(null, tokenId(name), grants, null, null, name, Share.UNBOUNDED);
    }
}
