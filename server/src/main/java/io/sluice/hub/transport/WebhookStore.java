package io.sluice.hub.transport;

import io.sluice.config.Secret;
import io.sluice.config.WebhookConfig;
import io.sluice.hub.KeyedState;
import io.sluice.hub.KeyedState.Change;
import io.sluice.hub.KeyedState.Entry;
import io.sluice.hub.KeyedState.Kind;
import io.sluice.hub.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How webhooks are kept in the engine's keyed state: {@code hook/<name>} is the definition of one that was made by a call,
 * {@code state/<name>} where it stands, {@code dead/<name>/<number>} a dead letter and {@code body/<name>/<number>} what it would
 * have delivered. Values are JSON. Thread-safe; results come on any thread.
 */
final class WebhookStore {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookStore.class);
    private static final int PAGE = 1_000;

    private final KeyedState state;

    WebhookStore(KeyedState state) {
        this.state = state;
    }

    /** A definition as it is stored. Secrets stand in it as they are: see SECURITY.md. */
    private record Stored(List<String> channels, String url, List<String> secrets) {}

    /**
     * A delivery that was given up.
     *
     * @param number its place among the webhook's dead letters, which are in order
     * @param id what {@code webhook-id} was and will be
     * @param position where the channel's cursor stood after it
     * @param died when it was given up
     */
    record DeadLetter(
            String number,
            String id,
            String channel,
            String position,
            String died,
            int attempts,
            String failure,
            int bytes) {
        long asNumber() {
            return Long.parseLong(number, 16);
        }
    }

    /** Everything that is stored but dead letters. */
    record Loaded(Map<String, WebhookConfig> definitions, Map<String, WebhookState> states) {}

    /** Loaded when it is first needed: a server without webhooks does without. */
    private static final class Mapper {
        static final JsonMapper JSON = new JsonMapper();
    }

    void load(Consumer<Outcome<Loaded>> loaded) {
        var definitions = new HashMap<String, WebhookConfig>();
        var states = new HashMap<String, WebhookState>();
        all("hook/", "hook/", entry -> definition(entry, definitions), hooks -> {
            if (hooks instanceof Outcome.Refused<Boolean>(var problem)) {
                loaded.accept(new Outcome.Refused<>(problem));
                return;
            }
            all(
                    "state/",
                    "state/",
                    entry -> states.put(name(entry), Mapper.JSON.readValue(entry.value(), WebhookState.class)),
                    found -> loaded.accept(
                            switch (found) {
                                case Outcome.Refused<Boolean>(var problem) -> new Outcome.Refused<>(problem);
                                case Outcome.Done<Boolean> done -> new Outcome.Done<>(new Loaded(definitions, states));
                            }));
        });
    }

    private void all(String prefix, String after, Consumer<Entry> each, Consumer<Outcome<Boolean>> done) {
        state.scan(Kind.WEBHOOKS, prefix, after, PAGE, outcome -> {
            switch (outcome) {
                case Outcome.Refused<List<Entry>>(var problem) -> done.accept(new Outcome.Refused<>(problem));
                case Outcome.Done<List<Entry>>(var entries) -> {
                    entries.forEach(each);
                    if (entries.size() == PAGE) {
                        all(prefix, entries.getLast().key(), each, done);
                    } else {
                        done.accept(new Outcome.Done<>(true));
                    }
                }
            }
        });
    }

    private static String name(Entry entry) {
        return entry.key().substring(entry.key().indexOf('/') + 1);
    }

    private static void definition(Entry entry, Map<String, WebhookConfig> definitions) {
        try {
            var stored = Mapper.JSON.readValue(entry.value(), Stored.class);
            var secrets = stored.secrets.stream().map(Secret::new).toList();
            definitions.put(name(entry), new WebhookConfig(stored.channels, stored.url, secrets, null));
        } catch (JacksonException | IllegalArgumentException notOfThisVersion) {
            LOG.warn("a stored webhook is not usable and is left alone: webhook={}", name(entry), notOfThisVersion);
        }
    }

    /** Stores where a webhook stands, together with other changes. */
    void save(String name, WebhookState where, List<Change> others, Consumer<Boolean> done) {
        var changes = new ArrayList<>(others);
        changes.add(new KeyedState.Put(Kind.WEBHOOKS, "state/" + name, Mapper.JSON.writeValueAsBytes(where)));
        state.update(changes, done);
    }

    static Change define(String name, WebhookConfig definition) {
        var stored = new Stored(
                definition.channels(),
                definition.url(),
                definition.secrets().stream().map(Secret::reveal).toList());
        return new KeyedState.Put(Kind.WEBHOOKS, "hook/" + name, Mapper.JSON.writeValueAsBytes(stored));
    }

    /**
     * Forgets a webhook: its dead letters, and with the last of them its definition and state. Where that fails the webhook is
     * still there, perhaps with fewer dead letters.
     */
    void forget(String name, Consumer<Boolean> done) {
        dead(name, 0, PAGE, outcome -> {
            if (!(outcome instanceof Outcome.Done<List<DeadLetter>>(var letters))) {
                done.accept(false);
                return;
            }
            var changes = new ArrayList<Change>();
            letters.forEach(letter -> changes.addAll(unbury(name, letter.asNumber())));
            boolean more = letters.size() == PAGE;
            if (!more) {
                changes.add(new KeyedState.Delete(Kind.WEBHOOKS, "hook/" + name));
                changes.add(new KeyedState.Delete(Kind.WEBHOOKS, "state/" + name));
            }
            state.update(changes, stored -> {
                if (stored && more) {
                    forget(name, done);
                } else {
                    done.accept(stored);
                }
            });
        });
    }

    static List<Change> bury(String name, DeadLetter letter, byte[] body) {
        return List.of(
                new KeyedState.Put(
                        Kind.WEBHOOKS, "dead/" + name + "/" + letter.number, Mapper.JSON.writeValueAsBytes(letter)),
                new KeyedState.Put(Kind.WEBHOOKS, "body/" + name + "/" + letter.number, body));
    }

    static List<Change> unbury(String name, long number) {
        return List.of(
                new KeyedState.Delete(Kind.WEBHOOKS, "dead/" + name + "/" + hex(number)),
                new KeyedState.Delete(Kind.WEBHOOKS, "body/" + name + "/" + hex(number)));
    }

    /** The first dead letters whose numbers are above {@code after}. */
    void dead(String name, long after, int limit, Consumer<Outcome<List<DeadLetter>>> letters) {
        var prefix = "dead/" + name + "/";
        state.scan(
                Kind.WEBHOOKS,
                prefix,
                prefix + hex(after),
                limit,
                mapped(
                        letters,
                        entries -> entries.stream()
                                .map(entry -> Mapper.JSON.readValue(entry.value(), DeadLetter.class))
                                .toList()));
    }

    void body(String name, long number, Consumer<Outcome<Optional<byte[]>>> body) {
        state.get(Kind.WEBHOOKS, "body/" + name + "/" + hex(number), body);
    }

    /** A dead letter's number as text: sixteen digits, so that text is in order. */
    static String hex(long number) {
        return java.util.HexFormat.of().toHexDigits(number);
    }

    /** The number that {@code text} is, or null. */
    static @Nullable Long number(String text) {
        return text.matches("[0-7][0-9a-f]{15}") ? Long.valueOf(text, 16) : null;
    }

    static byte[] json(Object value) {
        return Mapper.JSON.writeValueAsBytes(value);
    }

    private static <A, B> Consumer<Outcome<A>> mapped(Consumer<Outcome<B>> then, Function<A, B> mapping) {
        return outcome -> then.accept(
                switch (outcome) {
                    case Outcome.Refused<A>(var problem) -> new Outcome.Refused<>(problem);
                    case Outcome.Done<A>(var value) -> new Outcome.Done<>(mapping.apply(value));
                });
    }
}
