package io.sluice.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what.
 *
 * @param mode {@code none}: everybody may do everything, on a loopback address only; {@code jwt}: callers show a token
 * @param secret the shared secret of HS256 tokens, at least 32 bytes; better in a file or the environment
 * @param secretFile a file that holds the shared secret; blanks at its end do not count
 * @param jwksFile a JSON Web Key Set (RFC 7517) with the public keys of RS256, ES256 and EdDSA tokens
 * @param issuer what {@code iss} must be; without it any issuer will do
 * @param audience what {@code aud} must contain; without it any audience will do
 * @param clockSkew how far other machines' clocks may be off when {@code exp} and {@code nbf} are judged
 * @param ticketTtl how long a ticket may wait to be used
 * @param maxTickets how many unused tickets may exist at once; beyond it 503
 * @param maxCachedTokens how many verified tokens are remembered; the least used are verified again
 * @param apiKeys backends by name, which show a key in place of a token
 */
public record AuthConfig(
        Mode mode,
        @Nullable Secret secret,
        @Nullable Path secretFile,
        @Nullable Path jwksFile,
        @Nullable String issuer,
        @Nullable String audience,
        Duration clockSkew,
        Duration ticketTtl,
        int maxTickets,
        int maxCachedTokens,
        Map<String, ApiKeyConfig> apiKeys) {

    /** How callers are known. */
    public enum Mode {
        NONE,
        JWT
    }

    public AuthConfig() {
        this(
                Mode.NONE,
                null,
                null,
                null,
                null,
                null,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                100_000,
                10_000,
                Map.of());
    }

    public AuthConfig {
        apiKeys = Map.copyOf(apiKeys);
        require(
                mode == Mode.NONE || secret != null || secretFile != null || jwksFile != null || !apiKeys.isEmpty(),
                "mode: jwt needs secret, secret_file, jwks_file or api_keys to know callers by");
        require(secret == null || secretFile == null, "secret_file: must not be set beside secret");
        require(secret == null || secret.length() >= 32, "secret: must be at least 32 bytes long");
        require(
                !clockSkew.isNegative() && clockSkew.compareTo(Duration.ofMinutes(10)) <= 0,
                "clock_skew: must be 0s to 10m");
        require(
                ticketTtl.isPositive() && ticketTtl.compareTo(Duration.ofMinutes(10)) <= 0,
                "ticket_ttl: must be more than 0s and at most 10m");
        require(maxTickets >= 1, "max_tickets: must be at least 1");
        require(maxCachedTokens >= 0, "max_cached_tokens: must not be negative");
    }

    /** JWT with a shared secret and defaults for the rest: for programs and tests. */
    public static AuthConfig jwt(Secret secret) {
        var defaults = new AuthConfig();
        return new AuthConfig(
                Mode.JWT,
                secret,
                null,
                null,
                null,
                null,
                defaults.clockSkew,
                defaults.ticketTtl,
                defaults.maxTickets,
                defaults.maxCachedTokens,
                Map.of());
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
