package io.sluice.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a running server makes of a configuration that was read anew: it takes the settings of {@link #LIVE} and keeps its own of
 * all others.
 *
 * @param config with which the server goes on
 * @param applied the settings that differ and were taken, as {@code limits.user.publishes}, in order
 * @param restart the settings that differ and count from the next start on, in order
 */
public record ConfigChange(Config config, List<String> applied, List<String> restart) {
    /** Every setting that a running server takes, each with all that is below it. */
    public static final List<String> LIVE = List.of(
            "edge.allowed_origins",
            "auth.secret",
            "auth.secret_file",
            "auth.jwks_file",
            "auth.jwks_url",
            "auth.jwks_refresh",
            "auth.jwks_max_stale",
            "auth.issuer",
            "auth.audience",
            "auth.clock_skew",
            "auth.max_cached_tokens",
            "auth.api_keys",
            "limits",
            "webhooks.in",
            "webhooks.max_webhooks",
            "webhooks.retry_first",
            "webhooks.retry_longest",
            "webhooks.retry_age",
            "webhooks.max_dead",
            "webhooks.max_dead_size");

    public ConfigChange {
        applied = List.copyOf(applied);
        restart = List.copyOf(restart);
    }

    /** Throws {@link ConfigException} when what can be taken does not go with what the server must keep until its restart. */
    public static ConfigChange between(Config running, Config read) {
        var applied = new ArrayList<String>();
        var restart = new ArrayList<String>();
        var merged = (Config) merged(running, read, "", false, applied, restart);
        return new ConfigChange(merged, applied, restart);
    }

    private static Record merged(
            Record running, Record read, String path, boolean live, List<String> applied, List<String> restart) {
        var components = running.getClass().getRecordComponents();
        var values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            var at = (path.isEmpty() ? "" : path + ".") + Keys.key(components[i]);
            var before = RecordBinder.read(components[i], running);
            var after = RecordBinder.read(components[i], read);
            values[i] = taken(before, after, at, live || LIVE.contains(at), applied, restart);
        }
        return made(running.getClass(), components, values, path);
    }

    private static @Nullable Object taken(
            @Nullable Object before,
            @Nullable Object after,
            String path,
            boolean live,
            List<String> applied,
            List<String> restart) {
        if (Objects.equals(before, after)) {
            return before;
        }
        if (before instanceof Record section && after instanceof Record other && !Scalars.isScalar(before.getClass())) {
            return merged(section, other, path, live, applied, restart);
        }
        var differing = live ? applied : restart;
        if (before instanceof Map<?, ?> some && after instanceof Map<?, ?> others) {
            names(some, others).forEach(name -> differing.add(path + "." + name));
        } else {
            differing.add(path);
        }
        return live ? after : before;
    }

    private static Set<String> names(Map<?, ?> before, Map<?, ?> after) {
        var all = new LinkedHashMap<Object, Object>(before);
        all.putAll(after);
        var differing = new TreeSet<String>();
        for (var name : all.keySet()) {
            if (!Objects.equals(before.get(name), after.get(name))) {
                differing.add(String.valueOf(name));
            }
        }
        return differing;
    }

    private static Record made(Class<?> type, RecordComponent[] components, @Nullable Object[] values, String path) {
        try {
            return (Record) RecordBinder.canonical(type, components).newInstance(values);
        } catch (InvocationTargetException broken) {
            if (broken.getCause() instanceof IllegalArgumentException rule) {
                throw new ConfigException(
                        path, rule.getMessage() + "; together with settings that need a restart this cannot be taken");
            }
            throw new IllegalStateException("constructor of " + type, broken.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("constructor of " + type, impossible);
        }
    }
}
