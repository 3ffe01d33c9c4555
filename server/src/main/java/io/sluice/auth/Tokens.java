package io.sluice.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.SignedJWT;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.sluice.config.AuthConfig;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import io.sluice.limit.Limits;
import io.sluice.net.Clock;
import java.net.InetAddress;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code auth.mode: jwt}: knows callers by a signed token (RFC 7519), an API key or a ticket.
 *
 * <p>Credentials come, in this order, as {@code Authorization: Bearer}, as the query parameter {@code ticket}, or as the
 * cookie {@code sluice_token}, which counts only where an allowed page is known to have made the request. A token never
 * comes in a query string. Thread-safe; checks shared secrets on the calling thread, which takes microseconds, and public keys
 * on threads of its own. Remembers tokens whose signature was good by their SHA-256 until they expire. Time and revocation are judged at each use. A peer whose tokens turn
 * out bad must wait before the next one's signature is checked.
 */
public final class Tokens implements Authenticator {
    private static final int MAX_TOKEN_CHARACTERS = 8_192;
    private static final String COOKIE = "sluice_token";

    private final OriginPolicy origins;
    private final Tickets tickets;
    private final Revocations revocations;
    private final Limits limits;
    private final Clock clock;
    private final SignatureChecks checks = new SignatureChecks();
    private volatile Trust trust;

    /** What tokens are judged by, replaced as a whole; {@code verified} is what it has found good so far. */
    private record Trust(
            AuthConfig config,
            TrustedKeys keys,
            @Nullable RemoteKeys remoteKeys,
            ApiKeys apiKeys,
            Cache<TokenDigest, Claims> verified) {}

    /** Reads the key files; throws {@link io.sluice.config.ConfigException} when one is not usable. */
    public Tokens(
            AuthConfig config,
            OriginPolicy origins,
            Tickets tickets,
            Revocations revocations,
            Limits limits,
            Clock clock) {
        this.origins = origins;
        this.tickets = tickets;
        this.revocations = revocations;
        this.limits = limits;
        this.clock = clock;
        this.trust = new Trust(
                config, TrustedKeys.of(config), remoteKeys(config), new ApiKeys(config), verifiedTokens(config));
    }

    /** Sessions of API keys that are gone, or may do something else now, end: they come back as what they are. */
    @Override
    public void become(AuthConfig config) {
        var before = trust;
        var keys = TrustedKeys.of(config);
        if (config.equals(before.config) && keys.containsAll(before.keys) && before.keys.containsAll(keys)) {
            return;
        }
        var remote = isSameSource(config, before.config) ? before.remoteKeys : remoteKeys(config);
        trust = new Trust(config, keys, remote, new ApiKeys(config), verifiedTokens(config));
        if (before.remoteKeys != null && before.remoteKeys != remote) {
            before.remoteKeys.close();
        }
        before.config.apiKeys().forEach((name, key) -> {
            if (!key.equals(config.apiKeys().get(name))) {
                revocations.end(new Revocation(Revocation.Kind.TOKEN_ID, ApiKeys.tokenId(name)));
            }
        });
    }

    private static boolean isSameSource(AuthConfig one, AuthConfig other) {
        return Objects.equals(one.jwksUrl(), other.jwksUrl())
                && one.jwksRefresh().equals(other.jwksRefresh())
                && one.jwksMaxStale().equals(other.jwksMaxStale());
    }

    private @Nullable RemoteKeys remoteKeys(AuthConfig config) {
        var url = config.jwksUrl();
        return url == null ? null : new RemoteKeys(url, config, clock, () -> trust.verified.invalidateAll());
    }

    private Cache<TokenDigest, Claims> verifiedTokens(AuthConfig config) {
        return Caffeine.newBuilder()
                .maximumSize(config.maxCachedTokens())
                .expireAfter(Expiry.<TokenDigest, Claims>creating((token, claims) -> lifeOf(claims)))
                .ticker(clock::nanos)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public void authenticate(HttpExchange exchange, Consumer<Result> result) {
        var peer = exchange.peer().getAddress();
        Consumer<Result> later = judged -> exchange.loop().execute(() -> result.accept(judged));
        var authorization = exchange.headers().get(HttpHeaderNames.AUTHORIZATION);
        if (authorization != null) {
            if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
                judge(authorization.substring(7).trim(), peer, result, later);
            } else {
                result.accept(refused("the Authorization field must be 'Bearer' and a token"));
            }
            return;
        }
        var ticket = exchange.query().first("ticket");
        if (ticket != null) {
            redeem(ticket, peer, result, later);
            return;
        }
        var cookie = cookie(exchange);
        if (cookie == null) {
            result.accept(new Result.Absent());
        } else if (origins.vouchesFor(exchange)) {
            judge(cookie, peer, result, later);
        } else {
            result.accept(new Result.Refused(
                    Problem.of(ClientError.ORIGIN_REFUSED, "the cookie counts only for pages of an allowed origin")));
        }
    }

    @Override
    public void authenticate(String token, InetAddress peer, Consumer<Result> result) {
        judge(token, peer, result, result);
    }

    @Override
    public boolean acceptsAnybody() {
        return false;
    }

    @Override
    public Tickets tickets() {
        return tickets;
    }

    @Override
    public void close() {
        checks.close();
        var remoteKeys = trust.remoteKeys;
        if (remoteKeys != null) {
            remoteKeys.close();
        }
    }

    /** Tickets are tried as tokens are: a peer that shows bad ones must wait before the next one is opened. */
    private void redeem(String ticket, InetAddress peer, Consumer<Result> now, Consumer<Result> later) {
        var flood = limits.mayCheckToken(peer);
        if (flood != null) {
            now.accept(new Result.Refused(flood));
            return;
        }
        tickets.redeem(ticket, redeemed -> {
            if (redeemed instanceof Result.Known(var identity)) {
                limits.tokenWasGood(peer);
                later.accept(known(identity));
            } else {
                later.accept(redeemed);
            }
        });
    }

    /** Gives the judgement to {@code now} before it returns, or to {@code later} on any thread. */
    private void judge(String token, InetAddress peer, Consumer<Result> now, Consumer<Result> later) {
        if (token.length() > MAX_TOKEN_CHARACTERS) {
            now.accept(refused("the token is longer than " + MAX_TOKEN_CHARACTERS + " characters"));
            return;
        }
        var by = trust;
        var digest = TokenDigest.of(token);
        var byKey = by.apiKeys.find(digest);
        if (byKey != null) {
            now.accept(known(byKey));
            return;
        }
        var claims = by.verified.getIfPresent(digest);
        if (claims != null) {
            now.accept(inTime(claims));
            return;
        }
        var flood = limits.mayCheckToken(peer);
        if (flood != null) {
            now.accept(new Result.Refused(flood));
            return;
        }
        var jwt = parse(token);
        if (jwt == null) {
            now.accept(refused("the token is refused: it is not a signed JWT"));
            return;
        }
        var known = by.keys.candidates(jwt.getHeader());
        if (!known.isEmpty() || by.remoteKeys == null) {
            check(by, jwt, digest, known, peer, now, later);
            return;
        }
        by.remoteKeys.find(jwt.getHeader(), found -> {
            switch (found) {
                case RemoteKeys.Candidates.Keys(var verifiers) -> check(by, jwt, digest, verifiers, peer, later, later);
                case RemoteKeys.Candidates.Unavailable(var problem) -> {
                    limits.tokenWasGood(peer); // nobody knows yet
                    later.accept(new Result.Refused(problem));
                }
            }
        });
    }

    private void check(
            Trust by,
            SignedJWT jwt,
            TokenDigest digest,
            List<JWSVerifier> candidates,
            InetAddress peer,
            Consumer<Result> now,
            Consumer<Result> later) {
        if (candidates.isEmpty() || jwt.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256)) {
            now.accept(verify(by, jwt, digest, candidates, peer));
        } else if (!checks.begin(() -> later.accept(verify(by, jwt, digest, candidates, peer)))) {
            limits.tokenWasGood(peer); // nobody knows
            now.accept(new Result.Refused(
                    Problem.of(ClientError.OVERLOADED, "too many tokens wait for their signature to be checked")));
        }
    }

    private static @Nullable SignedJWT parse(String token) {
        try {
            return SignedJWT.parse(token);
        } catch (ParseException notAToken) {
            return null;
        }
    }

    private Result verify(Trust by, SignedJWT jwt, TokenDigest digest, List<JWSVerifier> candidates, InetAddress peer) {
        var critical = jwt.getHeader().getCriticalParams();
        if (critical != null && !critical.isEmpty()) {
            return refused("the token is refused: crit names extensions that are not known here");
        }
        try {
            for (var verifier : candidates) {
                if (jwt.verify(verifier)) {
                    limits.tokenWasGood(peer);
                    var claims = Claims.of(jwt.getJWTClaimsSet(), by.config);
                    by.verified.put(digest, claims);
                    return inTime(claims);
                }
            }
            return refused("the token is refused: no trusted key signed it");
        } catch (IllegalArgumentException broken) {
            return refused("the token is refused: " + broken.getMessage());
        } catch (JOSEException | ParseException notVerifiable) {
            return refused("the token is refused: its signature or claims cannot be checked");
        }
    }

    private Result inTime(Claims claims) {
        return claims.notBefore() != null && clock.now().isBefore(claims.notBefore())
                ? refused("the token is not valid yet")
                : known(claims.identity());
    }

    private Result known(Identity identity) {
        if (identity.isExpiredAt(clock.millis())) {
            return new Result.Refused(Problem.of(ClientError.TOKEN_EXPIRED, "the token has expired; get a new one"));
        }
        return revocations.covers(identity)
                ? refused("the token was revoked; get a new one")
                : new Result.Known(identity);
    }

    /** In nanoseconds; what has expired is remembered for a moment, so that it is refused for that reason. */
    private Duration lifeOf(Claims claims) {
        var expires = claims.identity().expires();
        var left = expires == null ? Duration.ofDays(1) : Duration.between(clock.now(), expires);
        return left.isPositive() ? left : Duration.ofSeconds(1);
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
}
