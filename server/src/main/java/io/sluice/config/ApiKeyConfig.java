package io.sluice.config;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A backend that shows an API key.
 *
 * @param sha256 the key's SHA-256 in hexadecimal, so that this file does not hold the key itself
 * @param grants what it may do
 */
public record ApiKeyConfig(String sha256, List<GrantConfig> grants) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    public ApiKeyConfig {
        grants = List.copyOf(grants);
        if (!DIGEST.matcher(sha256).matches()) {
            throw new IllegalArgumentException("sha256: must be 64 hexadecimal digits in lower case");
        }
        if (grants.isEmpty()) {
            throw new IllegalArgumentException("grants: must not be empty");
        }
    }
}
