package io.sluice.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.sluice.auth.Fetch.Fetched;
import io.sluice.config.AuthCallbackConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts {@code {"user","token_id","api_key","verb","channel"}} to {@code auth.callback.url}, signed as Standard Webhooks are.
 * An answer of 200 with {@code {"allow":true}} or {@code {"allow":false}} counts for as long as its {@code Cache-Control:
 * max-age} says, within {@code auth.callback.max_age}; without one it counts once. Anything else is no answer, and no answer
 * is a refusal, with the {@code upstream-} code of what went wrong.
 *
 * <p>Thread-safe; never blocks. The same question is asked once at a time. Bounded: {@code max_cached} answers, {@code
 * max_pending} open questions, beyond which callers get 503; answers of at most {@link #MAX_BYTES}.
 */
public final class BackendCallback implements GrantCallback, AutoCloseable {
    private static final int MAX_BYTES = 16 << 10;
    private static final Pattern MAX_AGE = Pattern.compile("(?:^|[\\s,])max-age=(\\d{1,9})(?:$|[\\s,])");
    private static final Pattern NO_STORE = Pattern.compile("(?:^|[\\s,])no-(?:store|cache)(?:$|[\\s,=])");

    private final AuthCallbackConfig config;
    private final URI url;
    private final byte[] secret;
    private final Clock clock;
    private final Fetch fetch;
    private final Cache<Question, Answer> answers;
    /** Those who wait for each open question. Guarded by itself. */
    private final Map<Question, List<Consumer<@Nullable Problem>>> pending = new HashMap<>();

    /** Loaded when it is first needed: a server without a callback does without. */
    private static final class Mapper {
        static final JsonMapper JSON = new JsonMapper();
    }

    private record Question(
            @Nullable String user,
            @Nullable String tokenId,
            @Nullable String apiKey,
            Verb verb,
            String channel) {}

    /** @param life how long it counts */
    private record Answer(boolean allow, Duration life) {}

    private BackendCallback(AuthCallbackConfig config, URI url, byte[] secret, Clock clock) {
        this.config = config;
        this.url = url;
        this.secret = secret;
        this.clock = clock;
        this.fetch = new Fetch(config.timeout(), MAX_BYTES);
        this.answers = Caffeine.newBuilder()
                .maximumSize(config.maxCached())
                .expireAfter(Expiry.<Question, Answer>creating((question, answer) -> answer.life()))
                .ticker(clock::nanos)
                .executor(Runnable::run)
                .build();
    }

    /** The one that {@code config} asks for, or null when it asks for none. */
    public static @Nullable BackendCallback of(AuthCallbackConfig config, Clock clock) {
        return config.url() == null || config.secret() == null
                ? null
                : new BackendCallback(
                        config, URI.create(config.url()), config.secret().bytes(), clock);
    }

    @Override
    public void ask(Identity identity, Verb verb, String channel, Consumer<@Nullable Problem> answer) {
        var question = new Question(identity.user(), identity.tokenId(), identity.apiKey(), verb, channel);
        var known = answers.getIfPresent(question);
        if (known != null) {
            answer.accept(known.allow ? null : denied(question));
            return;
        }
        boolean full;
        synchronized (pending) {
            var waiting = pending.get(question);
            full = waiting == null ? pending.size() >= config.maxPending() : waiting.size() >= config.maxPending();
            if (!full && waiting != null) {
                waiting.add(answer);
                return;
            }
            if (!full) {
                var first = new ArrayList<Consumer<@Nullable Problem>>();
                first.add(answer);
                pending.put(question, first);
            }
        }
        if (full) {
            answer.accept(Problem.of(ClientError.OVERLOADED, "too many questions to the authorising backend are open"));
        } else {
            fetch.send(request(question), fetched -> answered(question, fetched));
        }
    }

    @Override
    public void close() {
        fetch.close();
    }

    private HttpRequest request(Question question) {
        var members = new HashMap<String, String>();
        put(members, "user", question.user);
        put(members, "token_id", question.tokenId);
        put(members, "api_key", question.apiKey);
        put(members, "verb", question.verb.name().toLowerCase(Locale.ROOT));
        put(members, "channel", question.channel);
        var body = Mapper.JSON.writeValueAsString(members);
        var id = "auth_" + UUID.randomUUID();
        long seconds = Math.floorDiv(clock.millis(), 1000L);
        return HttpRequest.newBuilder(url)
                .header("content-type", "application/json")
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(seconds))
                .header("webhook-signature", signature(id, seconds, body))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private String signature(String id, long seconds, String body) {
        try {
            return new Webhook(secret).sign(id, seconds, body);
        } catch (EmptyWebhookSecretException | WebhookSigningException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void answered(Question question, Fetched fetched) {
        Problem refusal;
        switch (fetched) {
            case Fetched.Answer(var status, var headers, var body) -> {
                var allow = status == 200 ? allow(body) : null;
                if (allow == null) {
                    refusal = unanswered(
                            ClientError.UPSTREAM_BAD_RESPONSE, "status " + status + ", or no {\"allow\":true|false}");
                } else {
                    var life = life(headers);
                    if (life.isPositive()) {
                        answers.put(question, new Answer(allow, life));
                    }
                    refusal = allow ? null : denied(question);
                }
            }
            case Fetched.Failed(var error, var detail) -> refusal = unanswered(error, detail);
        }
        List<Consumer<@Nullable Problem>> told;
        synchronized (pending) {
            told = pending.remove(question);
        }
        if (told != null) {
            for (var each : told) {
                each.accept(refusal);
            }
        }
    }

    private Duration life(HttpHeaders headers) {
        var control = String.join(",", headers.allValues("cache-control")).toLowerCase(Locale.ROOT);
        var age = MAX_AGE.matcher(control);
        if (!age.find() || NO_STORE.matcher(control).find()) {
            return Duration.ZERO;
        }
        var life = Duration.ofSeconds(Long.parseLong(age.group(1)));
        return life.compareTo(config.maxAge()) < 0 ? life : config.maxAge();
    }

    private static @Nullable Boolean allow(byte[] body) {
        try {
            var allow = Mapper.JSON.readTree(body).path("allow");
            return allow.isBoolean() ? allow.asBoolean() : null;
        } catch (JacksonException notJson) {
            return null;
        }
    }

    private static Problem denied(Question question) {
        return Problem.of(
                ClientError.FORBIDDEN,
                "neither a grant nor the authorising backend allows to "
                        + question.verb.name().toLowerCase(Locale.ROOT) + " here");
    }

    private static Problem unanswered(ClientError error, String detail) {
        return Problem.of(error, "the authorising backend gave no answer: " + detail);
    }

    private static void put(Map<String, String> members, String name, @Nullable String value) {
        if (value != null) {
            members.put(name, value);
        }
    }
}
