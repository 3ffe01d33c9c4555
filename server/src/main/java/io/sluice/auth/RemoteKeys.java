package io.sluice.auth;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import io.sluice.auth.Fetch.Fetched;
import io.sluice.config.AuthConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that {@code auth.jwks_url} publishes. Thread-safe; the way of a token whose key is known neither locks nor waits.
 *
 * <p>A set older than {@code auth.jwks_refresh} is fetched again behind the back of whoever asks, and counts meanwhile. A key
 * id that it lacks makes its token wait for a fetch, of which there is at most one in {@link #BETWEEN_FETCHES}: until then such
 * tokens are refused. While the endpoint fails, the last good set counts for {@code auth.jwks_max_stale}. Of the tokens that
 * wait there are at most {@link #MOST_WAITING}; further ones get 503.
 */
final class RemoteKeys implements AutoCloseable {
    static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);
    static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    static final int MOST_WAITING = 1_000;
    static final int MAX_BYTES = 256 << 10;
    static final Duration TIMEOUT = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);

    private final HttpRequest request;
    private final long refreshNanos;
    private final long staleNanos;
    private final Clock clock;
    private final Runnable withdrawn;
    private final Fetch fetch = new Fetch(TIMEOUT, MAX_BYTES);
    private volatile @Nullable Held held;
    // The rest is guarded by this.
    private @Nullable Problem failure;
    private boolean attempted;
    private long attemptedNanos;
    private boolean fetching;
    private List<Runnable> waiting = new ArrayList<>();

    private record Held(TrustedKeys keys, long sinceNanos) {}

    /** @param withdrawn runs when a key that counted no longer does */
    RemoteKeys(String url, AuthConfig config, Clock clock, Runnable withdrawn) {
        this.request = HttpRequest.newBuilder(URI.create(url))
                .header("accept", "application/jwk-set+json, application/json")
                .build();
        this.refreshNanos = config.jwksRefresh().toNanos();
        this.staleNanos = config.jwksMaxStale().toNanos();
        this.clock = clock;
        this.withdrawn = withdrawn;
    }

    /** What may have signed a token. */
    sealed interface Candidates {
        record Keys(List<JWSVerifier> verifiers) implements Candidates {}

        record Unavailable(Problem problem) implements Candidates {}
    }

    /** Gives {@code then} the keys that may have signed under {@code header}: at once, or on any thread after a fetch. */
    void find(JWSHeader header, Consumer<Candidates> then) {
        long now = clock.nanos();
        var known = usable(now);
        if (known != null) {
            var verifiers = known.keys.candidates(header);
            if (!verifiers.isEmpty()) {
                if (now - known.sinceNanos > refreshNanos) {
                    refresh(now, null);
                }
                then.accept(new Candidates.Keys(verifiers));
                return;
            }
        }
        switch (refresh(now, () -> then.accept(found(header)))) {
            case WAITS -> {
                // The fetch will tell.
            }
            case NOT_YET -> then.accept(found(header));
            case TOO_MANY ->
                then.accept(new Candidates.Unavailable(
                        Problem.of(ClientError.OVERLOADED, "too many tokens wait for the keys of their issuer")));
        }
    }

    @Override
    public void close() {
        fetch.close();
    }

    private @Nullable Held usable(long now) {
        var known = held;
        return known == null || now - known.sinceNanos > staleNanos ? null : known;
    }

    private Candidates found(JWSHeader header) {
        var known = usable(clock.nanos());
        var verifiers = known == null ? List.<JWSVerifier>of() : known.keys.candidates(header);
        var why = lastFailure();
        return verifiers.isEmpty() && why != null ? new Candidates.Unavailable(why) : new Candidates.Keys(verifiers);
    }

    private synchronized @Nullable Problem lastFailure() {
        return failure;
    }

    private enum Refresh {
        WAITS,
        NOT_YET,
        TOO_MANY
    }

    private Refresh refresh(long now, @Nullable Runnable then) {
        synchronized (this) {
            var between = failure == null ? BETWEEN_FETCHES : AFTER_FAILURE;
            if (!fetching && attempted && now - attemptedNanos < between.toNanos()) {
                return Refresh.NOT_YET;
            }
            if (then != null) {
                if (waiting.size() >= MOST_WAITING) {
                    return Refresh.TOO_MANY;
                }
                waiting.add(then);
            }
            if (fetching) {
                return Refresh.WAITS;
            }
            fetching = true;
            attempted = true;
            attemptedNanos = now;
        }
        fetch.send(request, this::fetched);
        return Refresh.WAITS;
    }

    private void fetched(Fetched result) {
        var before = held;
        Problem problem = null;
        switch (result) {
            case Fetched.Answer(var status, var headers, var body) -> {
                try {
                    if (status != 200) {
                        throw new ParseException("status " + status, 0);
                    }
                    held = new Held(TrustedKeys.published(new String(body, StandardCharsets.UTF_8)), clock.nanos());
                } catch (ParseException notAKeySet) {
                    problem = failed(ClientError.UPSTREAM_BAD_RESPONSE, "the answer is no usable JSON Web Key Set");
                }
            }
            case Fetched.Failed(var error, var detail) -> problem = failed(error, detail);
        }
        var after = held;
        if (before != null && after != null && !after.keys.containsAll(before.keys)) {
            withdrawn.run();
        }
        List<Runnable> told;
        synchronized (this) {
            fetching = false;
            failure = problem;
            told = waiting;
            waiting = new ArrayList<>();
        }
        told.forEach(Runnable::run);
    }

    private static Problem failed(ClientError error, String detail) {
        LOG.warn("jwks fetch failed code={} detail={}", error.code(), detail);
        return Problem.of(error, "the issuer's keys cannot be had: " + detail);
    }
}
