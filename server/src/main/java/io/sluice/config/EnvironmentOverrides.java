package io.sluice.config;

import io.sluice.config.ConfigException.Problem;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lays {@code SLUICE_*} variables over the file: {@code SLUICE_EDGE_PORT=8081} is {@code edge.port}; lists are separated by
 * commas. Variables of the command line and those that Kubernetes sets for a service named sluice are left alone.
 */
final class EnvironmentOverrides {
    private static final String PREFIX = "SLUICE_";
    private static final Set<String> OF_THE_COMMAND_LINE =
            Set.of("SLUICE_CONFIG", "SLUICE_URL", "SLUICE_TOKEN", "SLUICE_KEY", "SLUICE_SECRET", "SLUICE_JAVA_OPTS");
    private static final Pattern OF_KUBERNETES =
            Pattern.compile("SLUICE_(.*_)?SERVICE_(HOST|PORT).*|SLUICE_(.*_)?PORT_\\d+_.*");
    private static final Pattern ADDRESS_OF_KUBERNETES = Pattern.compile("(tcp|udp|sctp)://.*");

    private final List<Problem> problems;

    EnvironmentOverrides(List<Problem> problems) {
        this.problems = problems;
    }

    void apply(Class<?> type, Node.Section root, Map<String, String> environment) {
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!isMeantForConfiguration(name, value)) {
                return;
            }
            var path = path(type, name.substring(PREFIX.length()).toLowerCase(Locale.ROOT));
            if (path == null) {
                problems.add(new Problem("", "no configuration key has this name", name));
            } else {
                put(root, path, value, name);
            }
        });
    }

    private static boolean isMeantForConfiguration(String name, String value) {
        return name.startsWith(PREFIX)
                && !OF_THE_COMMAND_LINE.contains(name)
                && !OF_KUBERNETES.matcher(name).matches()
                && !ADDRESS_OF_KUBERNETES.matcher(value).matches();
    }

    /** The keys that lead to {@code rest} below {@code type}; the last names a list when it ends in {@code []}. */
    private static @Nullable List<String> path(Type type, String rest) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
            for (int end = rest.indexOf('_'); end > 0; end = rest.indexOf('_', end + 1)) {
                var below = path(generic.getActualTypeArguments()[1], rest.substring(end + 1));
                if (below != null) {
                    return prepend(rest.substring(0, end), below);
                }
            }
            return null;
        }
        if (!(type instanceof Class<?> record) || !record.isRecord() || Scalars.isScalar(record)) {
            return null;
        }
        for (var component : record.getRecordComponents()) {
            var key = Keys.key(component);
            if (rest.equals(key)) {
                if (Scalars.isScalar(component.getType())) {
                    return List.of(key);
                }
                return component.getType() == List.class ? List.of(key + "[]") : null;
            }
            if (rest.startsWith(key + "_")) {
                var below = path(component.getGenericType(), rest.substring(key.length() + 1));
                if (below != null) {
                    return prepend(key, below);
                }
            }
        }
        return null;
    }

    private static void put(Node.Section root, List<String> path, String value, String name) {
        var section = root;
        for (var key : path.subList(0, path.size() - 1)) {
            if (section.entries().get(key) instanceof Node.Section below) {
                section = below;
            } else {
                var below = new Node.Section(new LinkedHashMap<>(), name);
                section.entries().put(key, below);
                section = below;
            }
        }
        var last = path.getLast();
        if (last.endsWith("[]")) {
            var items = new ArrayList<Node>();
            for (var item : value.split(",", -1)) {
                if (!item.isBlank()) {
                    items.add(new Node.Text(item.trim(), name));
                }
            }
            section.entries().put(last.substring(0, last.length() - 2), new Node.Items(items, name));
        } else {
            section.entries().put(last, new Node.Text(value, name));
        }
    }

    private static List<String> prepend(String key, List<String> below) {
        var path = new ArrayList<String>();
        path.add(key);
        path.addAll(below);
        return path;
    }
}
