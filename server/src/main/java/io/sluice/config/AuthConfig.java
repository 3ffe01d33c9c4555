package io.sluice.config;

import java.net.URI;
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
 * @param jwksUrl where such a set is published: an https URL, or http on a loopback address
 * @param jwksRefresh how old a fetched set may be before it is fetched again; a key id that it lacks fetches it at once, at
 *     most every 30 s
 * @param jwksMaxStale how long the last good set counts while its endpoint is down; beyond it tokens are refused with 502 or 504
 * @param issuer what {@code iss} must be; without it any issuer will do
 * @param audience what {@code aud} must contain; without it any audience will do
 * @param clockSkew how far other machines' clocks may be off when {@code exp}, {@code nbf} and {@code iat} are judged
 * @param expiryWarning how long before its token expires a WebSocket session is told
 * @param ticketTtl how long a ticket may wait to be used
 * @param ticketSecret what seals tickets, at least 32 bytes, the same on every server; without it one is made and kept in the
 *     engine of the namespace {@code default}
 * @param maxCachedTokens how many verified tokens are remembered, each until it expires; the least used are verified again
 * @param revocationMemory how long a revocation is remembered: at least as long as tokens live
 * @param maxRevocations how many are held at once by the engine of the namespace {@code default}; beyond it revoking answers 503
 * @param callback a backend of yours that is asked for what no grant says
 * @param apiKeys backends by name, which show a key in place of a token
 */
public record AuthConfig(
        Mode mode,
        @Nullable Secret secret,
        @Nullable Path secretFile,
        @Nullable Path jwksFile,
        @Nullable String jwksUrl,
        Duration jwksRefresh,
        Duration jwksMaxStale,
        @Nullable String issuer,
        @Nullable String audience,
        Duration clockSkew,
        Duration expiryWarning,
        Duration ticketTtl,
        @Nullable Secret ticketSecret,
        int maxCachedTokens,
        Duration revocationMemory,
        int maxRevocations,
        AuthCallbackConfig callback,
        Map<String, ApiKeyConfig> apiKeys) {

    /** How callers are known. */
    public enum Mode {
        NONE,
        JWT
    }

    public AuthConfig() {
        this(Mode.NONE, null);
    }

    private AuthConfig(Mode mode, @Nullable Secret secret) {
        this(
                mode,
                secret,
                null,
                null,
                null,
                Duration.ofMinutes(10),
                Duration.ofHours(24),
                null,
                null,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                null,
                10_000,
                Duration.ofHours(24),
                100_000,
                new AuthCallbackConfig(),
                Map.of());
    }

    public AuthConfig {
        apiKeys = Map.copyOf(apiKeys);
        require(
                mode == Mode.NONE
                        || secret != null
                        || secretFile != null
                        || jwksFile != null
                        || jwksUrl != null
                        || !apiKeys.isEmpty(),
                "mode: jwt needs secret, secret_file, jwks_file, jwks_url or api_keys to know callers by");
        require(secret == null || secretFile == null, "secret_file: must not be set beside secret");
        require(secret == null || secret.length() >= 32, "secret: must be at least 32 bytes long");
        require(
                jwksUrl == null || isTrustworthy(jwksUrl),
                "jwks_url: must be an https URL, or http on a loopback address, not '" + jwksUrl + "'");
        require(within(jwksRefresh, Duration.ofSeconds(30), Duration.ofHours(24)), "jwks_refresh: must be 30s to 24h");
        require(
                jwksMaxStale.compareTo(jwksRefresh) >= 0 && jwksMaxStale.compareTo(Duration.ofDays(30)) <= 0,
                "jwks_max_stale: must be at least jwks_refresh and at most 30d");
        require(within(clockSkew, Duration.ZERO, Duration.ofSeconds(60)), "clock_skew: must be 0s to 60s");
        require(within(expiryWarning, Duration.ZERO, Duration.ofHours(1)), "expiry_warning: must be 0s to 1h");
        require(
                within(ticketTtl, Duration.ofMillis(1), Duration.ofMinutes(10)),
                "ticket_ttl: must be more than 0s and at most 10m");
        require(ticketSecret == null || ticketSecret.length() >= 32, "ticket_secret: must be at least 32 bytes long");
        require(maxCachedTokens >= 0, "max_cached_tokens: must not be negative");
        require(
                within(revocationMemory, Duration.ofMinutes(1), Duration.ofDays(366)),
                "revocation_memory: must be 1m to 366d");
        require(maxRevocations >= 1 && maxRevocations <= 1_000_000, "max_revocations: must be 1 to 1000000");
    }

    /** JWT with a shared secret and defaults for the rest: for programs and tests. */
    public static AuthConfig jwt(Secret secret) {
        return new AuthConfig(Mode.JWT, secret);
    }

    /** True for https, and for http that does not leave this machine: whoever can answer in its place is trusted. */
    static boolean isTrustworthy(String url) {
        try {
            var uri = URI.create(url);
            var host = uri.getHost();
            return host != null
                    && ("https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme()) && Config.isLoopback(host.replaceAll("[\\[\\]]", ""))));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean within(Duration duration, Duration least, Duration most) {
        return duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
