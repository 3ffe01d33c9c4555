package io.sluice.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jwt.SignedJWT;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.sluice.config.AuthConfig;
import io.sluice.config.GrantConfig;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import io.sluice.limit.Limits;
import io.sluice.limit.Share;
import io.sluice.net.Clock;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code auth.mode: jwt}: knows callers by a signed token (RFC 7519), an API key or a ticket.
 *
 * <p>Credentials come, in this order, as {@code Authorization: Bearer}, as the query parameter {@code ticket}, or as the
 * cookie {@code sluice_token}, which counts only where an allowed page is known to have made the request. A token never
 * comes in a query string. Thread-safe; verifies on the calling thread, which takes microseconds, and remembers tokens whose
 * signature was good. Time is judged at each use.
 */
public final class Tokens implements Authenticator {
    private static final int MAX_TOKEN_CHARACTERS = 8_192;
    private static final String COOKIE = "sluice_token";

    private final AuthConfig config;
    private final OriginPolicy origins;
    private final Tickets tickets;
    private final Limits limits;
    private final Clock clock;
    private final TrustedKeys keys;
    private final Map<String, Identity> apiKeys;
    private final Cache<String, Claims> verified;

    /** Reads the key files; throws {@link io.sluice.config.ConfigException} when one is not usable. */
    public Tokens(AuthConfig config, OriginPolicy origins, Tickets tickets, Limits limits, Clock clock) {
        this.limits = limits;
        this.config = config;
        this.origins = origins;
        this.tickets = tickets;
        this.clock = clock;
        this.keys = TrustedKeys.of(config);
        this.apiKeys = apiKeys(config);
        this.verified = Caffeine.newBuilder()
                .maximumSize(config.maxCachedTokens())
                .executor(Runnable::run)
                .build();
    }

    @Override
    public void authenticate(HttpExchange exchange, Consumer<Result> result) {
        result.accept(judge(exchange));
    }

    @Override
    public void authenticate(String token, InetAddress peer, Consumer<Result> result) {
        result.accept(judge(token, peer));
    }

    @Override
    public boolean acceptsAnybody() {
        return false;
    }

    @Override
    public Tickets tickets() {
        return tickets;
    }

    private Result judge(HttpExchange exchange) {
        var authorization = exchange.headers().get(HttpHeaderNames.AUTHORIZATION);
        if (authorization != null) {
            return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                    ? judge(authorization.substring(7).trim(), exchange.peer().getAddress())
                    : refused("the Authorization field must be 'Bearer' and a token");
        }
        var ticket = exchange.query().first("ticket");
        if (ticket != null) {
            var identity = tickets.redeem(ticket);
            return identity == null ? refused("the ticket is unknown, used or too old") : known(identity);
        }
        var cookie = cookie(exchange);
        if (cookie == null) {
            return new Result.Absent();
        }
        return origins.vouchesFor(exchange)
                ? judge(cookie, exchange.peer().getAddress())
                : new Result.Refused(Problem.of(
                        ClientError.ORIGIN_REFUSED, "the cookie counts only for pages of an allowed origin"));
    }

    private Result judge(String token, InetAddress peer) {
        if (token.length() > MAX_TOKEN_CHARACTERS) {
            return refused("the token is longer than " + MAX_TOKEN_CHARACTERS + " characters");
        }
        var byKey = apiKeys.isEmpty() ? null : apiKeys.get(sha256(token));
        if (byKey != null) {
            return known(byKey);
        }
        try {
            var claims = verified.getIfPresent(token);
            if (claims == null) {
                var flood = limits.mayCheckToken(peer);
                if (flood != null) {
                    return new Result.Refused(flood);
                }
                claims = verify(token);
                limits.tokenWasGood(peer);
                verified.put(token, claims);
            }
            var now = clock.now();
            if (claims.notBefore() != null && now.isBefore(claims.notBefore())) {
                return refused("the token is not valid yet");
            }
            return known(claims.identity());
        } catch (IllegalArgumentException broken) {
            return refused("the token is refused: " + broken.getMessage());
        }
    }

    private Result known(Identity identity) {
        return identity.isExpiredAt(clock.now())
                ? new Result.Refused(Problem.of(ClientError.TOKEN_EXPIRED, "the token has expired; get a new one"))
                : new Result.Known(identity);
    }

    private Claims verify(String token) {
        try {
            var jwt = SignedJWT.parse(token);
            for (var verifier : keys.candidates(jwt.getHeader())) {
                if (jwt.verify(verifier)) {
                    return Claims.of(jwt.getJWTClaimsSet(), config);
                }
            }
        } catch (ParseException notAToken) {
            throw new IllegalArgumentException("it is not a signed JWT", notAToken);
        } catch (JOSEException notVerifiable) {
            throw new IllegalArgumentException("its signature cannot be checked", notVerifiable);
        }
        throw new IllegalArgumentException("no trusted key signed it");
    }

    private static Result refused(String detail) {
        return new Result.Refused(Problem.of(ClientError.UNAUTHENTICATED, detail));
    }

    private static @Nullable String cookie(HttpExchange exchange) {
        for (var field : exchange.headers().getAll(HttpHeaderNames.COOKIE)) {
            for (var cookie : ServerCookieDecoder.STRICT.decodeAll(field)) {
                if (cookie.name().equals(COOKIE)) {
                    return cookie.value();
                }
            }
        }
        return null;
    }

    /** By the SHA-256 of the key. An API key is a backend and no user: it has grants but no id. */
    private static Map<String, Identity> apiKeys(AuthConfig config) {
        var keys = new HashMap<String, Identity>();
        config.apiKeys()
                .forEach((name, key) -> keys.put(
                        key.sha256(),
                        new Identity(null, "key:" + name, grants(key.grants()), null, null, name, Share.UNBOUNDED)));
        return Map.copyOf(keys);
    }

    private static Grants grants(List<GrantConfig> configured) {
        return new Grants(configured.stream()
                .map(grant -> new Grants.Grant(grant.channels(), Claims.verbs(grant.can())))
                .toList());
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
