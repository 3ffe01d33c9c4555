package io.sluice.hub.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.auth.Identity;
import io.sluice.config.Secret;
import io.sluice.config.WebhookConfig;
import io.sluice.config.WebhooksConfig;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.JsonText;
import io.sluice.http.Problem;
import io.sluice.hub.Cursor;
import io.sluice.hub.Json;
import io.sluice.hub.Outcome;
import io.sluice.hub.Start;
import io.sluice.hub.wire.JsonReply;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls that make, show and change webhooks. Each needs the verb {@code admin} on every channel of the webhook that it is
 * about. Secrets are never shown, but for one that was made here, once.
 */
final class WebhookRoutes {
    private static final int MAX_BODY = 64 << 10;
    private static final int MAX_LIST = 100;
    private static final int PAGE = 100;
    private static final int SECRET_BYTES = 32;

    private final Transports.Context context;
    private final Webhooks webhooks;
    private final WebhookTargets targets;
    private final SecureRandom random = new SecureRandom();

    WebhookRoutes(Transports.Context context, Webhooks webhooks, WebhookTargets targets) {
        this.context = context;
        this.webhooks = webhooks;
        this.targets = targets;
    }

    void addTo(HttpRoutes routes) {
        routes.add("GET", "/v1/webhooks", this::list);
        routes.add("PUT", "/v1/webhooks/{name}", this::put);
        routes.add("GET", "/v1/webhooks/{name}", exchange -> with(exchange, webhook -> show(exchange, 200, webhook)));
        routes.add(
                "DELETE",
                "/v1/webhooks/{name}",
                exchange -> withOwn(
                        exchange,
                        webhook -> webhooks.delete(
                                webhook,
                                problem -> answer(
                                        exchange, problem, () -> exchange.respond(204, Unpooled.EMPTY_BUFFER)))));
        routes.add(
                "POST",
                "/v1/webhooks/{name}/pause",
                exchange -> with(
                        exchange,
                        webhook -> webhooks.pause(
                                webhook,
                                true,
                                problem -> answer(exchange, problem, () -> show(exchange, 200, webhook)))));
        routes.add(
                "POST",
                "/v1/webhooks/{name}/resume",
                exchange -> with(
                        exchange,
                        webhook -> webhooks.pause(
                                webhook,
                                false,
                                problem -> answer(exchange, problem, () -> show(exchange, 200, webhook)))));
        routes.add("POST", "/v1/webhooks/{name}/replay", exchange -> withBody(exchange, this::replay));
        routes.add("GET", "/v1/webhooks/{name}/dead", exchange -> with(exchange, webhook -> dead(exchange, webhook)));
        routes.add("POST", "/v1/webhooks/{name}/dead/replay", exchange -> withBody(exchange, this::replayDead));
    }

    // ---- making one

    private void put(HttpExchange exchange) {
        var name = exchange.parameter("name");
        if (!WebhooksConfig.isName(name)) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "the name " + WebhooksConfig.NAME_RULE)
                    .with("field", "name"));
            return;
        }
        context.callers().identify(exchange, identity -> body(exchange, json -> put(exchange, name, identity, json)));
    }

    private void put(HttpExchange exchange, String name, Identity identity, Json json) {
        var existing = webhooks.find(name);
        if (existing != null) {
            existing.loop().execute(() -> {
                var known = existing.definition();
                var channels = existing.channels();
                exchange.loop().execute(() -> {
                    var refusal = context.hub().administers(identity, channels);
                    if (refusal != null || existing.configured()) {
                        exchange.refuse(refusal != null ? refusal : configured(name));
                        return;
                    }
                    define(
                            exchange,
                            identity,
                            json,
                            known.secrets(),
                            (definition, made) -> webhooks.replace(
                                    existing,
                                    definition,
                                    problem -> answer(exchange, problem, () -> show(exchange, 200, existing))));
                });
            });
            return;
        }
        define(
                exchange,
                identity,
                json,
                List.of(),
                (definition, made) -> webhooks.create(name, definition, outcome -> {
                    switch (outcome) {
                        case Outcome.Refused<Webhook>(var problem) -> answer(exchange, problem, () -> {});
                        case Outcome.Done<Webhook>(var webhook) ->
                            describe(webhook, shown -> {
                                if (made != null) {
                                    shown.put("secrets", List.of(made));
                                }
                                send(exchange, 201, shown);
                            });
                    }
                }));
    }

    /** Reads a definition and judges it; {@code then} gets it with the secret that was made for it, or null. */
    private void define(
            HttpExchange exchange,
            Identity identity,
            Json json,
            List<Secret> known,
            BiConsumer<WebhookConfig, @Nullable String> then) {
        WebhookConfig definition;
        String made = null;
        try {
            var given = json.list("secrets", MAX_LIST);
            var secrets =
                    given == null ? known : given.stream().map(Secret::new).toList();
            if (given == null && known.isEmpty()) {
                made = newSecret();
                secrets = List.of(new Secret(made));
            }
            var channels = json.list("channels", MAX_LIST);
            definition = new WebhookConfig(
                    channels == null ? List.of() : channels, json.requiredText("url"), secrets, json.text("after"));
        } catch (Json.WrongMember wrong) {
            exchange.refuse(wrong.problem());
            return;
        } catch (IllegalArgumentException broken) {
            exchange.refuse(rule(String.valueOf(broken.getMessage())));
            return;
        }
        var names = definition.channels().stream()
                .map(io.sluice.hub.ChannelName::new)
                .toList();
        var refusal = context.hub().administers(identity, names);
        if (refusal != null) {
            exchange.refuse(refusal);
        } else if (definition.after() != null
                && Cursor.parse(definition.after(), names) instanceof Outcome.Refused<List<Start>>(var problem)) {
            exchange.refuse(problem.with("field", "after"));
        } else if (!targets.mayBeCalled(URI.create(definition.url()).getHost())) {
            exchange.refuse(
                    rule("url: is of an address that is not public; webhooks.allow says which others may be called"));
        } else {
            then.accept(definition, made);
        }
    }

    private String newSecret() {
        var bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return WebhookConfig.SECRET_PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    private static Problem rule(String broken) {
        int colon = broken.indexOf(": ");
        return Problem.of(ClientError.BAD_REQUEST, broken).with("field", broken.substring(0, Math.max(0, colon)));
    }

    private static Problem configured(String name) {
        return Problem.of(
                ClientError.CONFLICT, "webhook " + name + " is defined in the server's configuration: change it there");
    }

    // ---- showing

    private void list(HttpExchange exchange) {
        context.callers().identify(exchange, identity -> {
            var early = webhooks.notYet();
            if (early != null) {
                exchange.refuse(early);
                return;
            }
            var page = webhooks.page(exchange.query().first("after"), PAGE + 1);
            var shown = new ArrayList<CompletableFuture<@Nullable Map<String, Object>>>();
            for (var webhook : page.subList(0, Math.min(PAGE, page.size()))) {
                var one = new CompletableFuture<@Nullable Map<String, Object>>();
                shown.add(one);
                webhook.loop()
                        .execute(() -> one.complete(
                                context.hub().administers(identity, webhook.channels()) == null
                                        ? description(webhook)
                                        : null));
            }
            CompletableFuture.allOf(shown.toArray(CompletableFuture[]::new)).thenRun(() -> {
                var answer = new LinkedHashMap<String, Object>();
                answer.put(
                        "webhooks",
                        shown.stream()
                                .map(CompletableFuture::join)
                                .filter(java.util.Objects::nonNull)
                                .toList());
                if (page.size() > PAGE) {
                    answer.put("next", page.get(PAGE - 1).name());
                }
                send(exchange, 200, answer);
            });
        });
    }

    private void show(HttpExchange exchange, int status, Webhook webhook) {
        describe(webhook, shown -> send(exchange, status, shown));
    }

    private static void describe(Webhook webhook, Consumer<Map<String, Object>> then) {
        webhook.loop().execute(() -> then.accept(description(webhook)));
    }

    /** On the webhook's loop. */
    private static Map<String, Object> description(Webhook webhook) {
        var state = webhook.state();
        var shown = new LinkedHashMap<String, Object>();
        shown.put("name", webhook.name());
        shown.put("channels", webhook.definition().channels());
        shown.put("url", webhook.definition().url());
        shown.put("configured", webhook.configured());
        shown.put("state", WebhookMetrics.word(webhook.standing().health()));
        shown.put("cursor", state.cursor());
        shown.put("lag", webhook.lag());
        shown.put("dead", state.dead());
        if (state.failing() != null) {
            shown.put("attempts", state.attempts());
            shown.put("failing_since", time(state.failingSince()));
            shown.put("retry_at", time(state.retryAt()));
        }
        if (state.failure() != null) {
            shown.put("failure", state.failure());
        }
        var trouble = webhook.standing().trouble();
        if (trouble != null) {
            shown.put("trouble", trouble);
        }
        return shown;
    }

    private static String time(long millis) {
        return JsonText.time(Instant.ofEpochMilli(millis));
    }

    // ---- replays

    private void replay(HttpExchange exchange, Webhook webhook, Json json) {
        var after = json.requiredText("after");
        webhook.loop().execute(() -> {
            var channels = webhook.channels();
            exchange.loop().execute(() -> {
                if (Cursor.parse(after, channels) instanceof Outcome.Refused<List<Start>>(var problem)) {
                    exchange.refuse(problem.with("field", "after"));
                } else {
                    webhooks.replay(
                            webhook, after, problem -> answer(exchange, problem, () -> show(exchange, 200, webhook)));
                }
            });
        });
    }

    private void dead(HttpExchange exchange, Webhook webhook) {
        var after = exchange.query().first("after");
        var number = after == null ? Long.valueOf(0) : WebhookStore.number(after);
        if (number == null) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "after must be the number of a dead letter")
                    .with("field", "after"));
            return;
        }
        webhooks.shared().store().dead(webhook.name(), number, PAGE + 1, outcome -> {
            switch (outcome) {
                case Outcome.Refused<List<WebhookStore.DeadLetter>>(var problem) -> answer(exchange, problem, () -> {});
                case Outcome.Done<List<WebhookStore.DeadLetter>>(var letters) -> {
                    var answer = new LinkedHashMap<String, Object>();
                    var shown = letters.subList(0, Math.min(PAGE, letters.size()));
                    answer.put("dead", shown);
                    answer.put("count", webhook.state().dead());
                    if (letters.size() > PAGE) {
                        answer.put("next", shown.getLast().number());
                    }
                    send(exchange, 200, answer);
                }
            }
        });
    }

    /** Body {@code {"number":"..."}} for one, {@code {}} for all that there are now. */
    private void replayDead(HttpExchange exchange, Webhook webhook, Json json) {
        var text = json.text("number");
        var number = text == null ? null : WebhookStore.number(text);
        if (text != null && number == null) {
            exchange.refuse(Problem.of(ClientError.BAD_REQUEST, "number must be that of a dead letter")
                    .with("field", "number"));
            return;
        }
        long after = number == null ? 0 : number - 1;
        webhooks.shared()
                .store()
                .dead(
                        webhook.name(),
                        after,
                        1,
                        outcome -> webhook.loop().execute(() -> {
                            var first = outcome instanceof Outcome.Done<List<WebhookStore.DeadLetter>>(var letters)
                                            && !letters.isEmpty()
                                    ? letters.getFirst()
                                    : null;
                            if (number != null && (first == null || first.asNumber() != number)) {
                                answer(
                                        exchange,
                                        Problem.of(ClientError.NOT_FOUND, "there is no such dead letter"),
                                        () -> {});
                                return;
                            }
                            Runnable replay = () -> {
                                var state = webhook.state();
                                if (state.paused() || state.gone()) {
                                    answer(
                                            exchange,
                                            Problem.of(
                                                    ClientError.CONFLICT,
                                                    "the webhook does not deliver: resume it first"),
                                            () -> {});
                                    webhook.proceed();
                                    return;
                                }
                                int count = number == null ? state.dead() : 1;
                                webhook.replayDead(after, number == null ? state.nextDead() : number);
                                send(exchange, 202, Map.of("replaying", count));
                            };
                            webhook.command(replay, problem -> answer(exchange, problem, () -> {}));
                        }));
    }

    // ---- what all calls have in common

    /** Finds the route's webhook for a caller who may administer it; {@code then} runs on the exchange's loop. */
    private void with(HttpExchange exchange, Consumer<Webhook> then) {
        context.callers().identify(exchange, identity -> {
            var webhook = webhooks.find(exchange.parameter("name"));
            if (webhook == null) {
                var early = webhooks.notYet();
                exchange.refuse(early != null ? early : Problem.of(ClientError.NOT_FOUND, "there is no such webhook"));
                return;
            }
            webhook.loop().execute(() -> {
                var channels = webhook.channels();
                exchange.loop().execute(() -> {
                    var refusal = context.hub().administers(identity, channels);
                    if (refusal != null) {
                        exchange.refuse(refusal);
                    } else {
                        then.accept(webhook);
                    }
                });
            });
        });
    }

    /** The same for what may be done only to a webhook that was made by a call. */
    private void withOwn(HttpExchange exchange, Consumer<Webhook> then) {
        with(exchange, webhook -> {
            if (webhook.configured()) {
                exchange.refuse(configured(webhook.name()));
            } else {
                then.accept(webhook);
            }
        });
    }

    private interface WithBody {
        void handle(HttpExchange exchange, Webhook webhook, Json json);
    }

    private void withBody(HttpExchange exchange, WithBody then) {
        with(exchange, webhook -> body(exchange, json -> then.handle(exchange, webhook, json)));
    }

    /** Reads a JSON object; none counts as an empty one. */
    private static void body(HttpExchange exchange, Consumer<Json> then) {
        exchange.collectBody(MAX_BODY, body -> {
            var bytes = bytes(body);
            switch (Json.object(bytes.length == 0 ? new byte[] {'{', '}'} : bytes)) {
                case Outcome.Refused<Json>(var problem) -> exchange.refuse(problem);
                case Outcome.Done<Json>(var json) -> {
                    try {
                        then.accept(json);
                    } catch (Json.WrongMember wrong) {
                        exchange.refuse(wrong.problem());
                    }
                }
            }
        });
    }

    private static byte[] bytes(ByteBuf body) {
        try {
            return ByteBufUtil.getBytes(body);
        } finally {
            body.release();
        }
    }

    private static void answer(HttpExchange exchange, @Nullable Problem problem, Runnable otherwise) {
        exchange.loop().execute(() -> {
            if (problem == null) {
                otherwise.run();
            } else {
                exchange.refuse(problem);
            }
        });
    }

    private static void send(HttpExchange exchange, int status, Object answer) {
        var json = WebhookStore.json(answer);
        exchange.loop().execute(() -> JsonReply.send(exchange, status, Unpooled.wrappedBuffer(json)));
    }
}
