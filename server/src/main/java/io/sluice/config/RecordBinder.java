package io.sluice.config;

import io.sluice.config.ConfigException.Problem;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Binds sections to records: component names are the keys, the no-argument constructor holds the defaults, the compact
 * constructor the rules.
 *
 * <p>A rule is thrown as {@code IllegalArgumentException("key: rule")}. Binding goes on after a problem with the default in
 * place of the bad value, so that one pass finds them all.
 */
final class RecordBinder {
    private final List<Problem> problems;

    RecordBinder(List<Problem> problems) {
        this.problems = problems;
    }

    /**
     * The record that {@code section} describes, or null after a problem for which there is no default.
     *
     * @param defaults what keys that are not given mean; null when they must be given
     */
    @Nullable
    Object bind(Class<?> type, Node.Section section, String path, @Nullable Object defaults) {
        var components = type.getRecordComponents();
        refuseUnknown(components, section, path);
        var values = new @Nullable Object[components.length];
        boolean complete = true;
        for (int i = 0; i < components.length; i++) {
            var key = Keys.key(components[i]);
            var fallback = defaults == null ? null : read(components[i], defaults);
            var node = section.entries().getOrDefault(key, new Node.Empty(section.where()));
            int before = problems.size();
            values[i] = value(components[i].getGenericType(), node, join(path, key), fallback);
            if (values[i] == null && !isNullable(components[i])) {
                complete = false;
                if (problems.size() == before) {
                    problems.add(new Problem(join(path, key), "must be set", section.where()));
                }
            }
        }
        return complete ? construct(type, components, values, section, path, defaults) : defaults;
    }

    private @Nullable Object value(Type type, Node node, String path, @Nullable Object fallback) {
        if (node instanceof Node.Empty) {
            return fallback;
        }
        if (type instanceof ParameterizedType generic) {
            var arguments = generic.getActualTypeArguments();
            return generic.getRawType() == Map.class
                    ? map((Class<?>) arguments[1], node, path, fallback)
                    : list((Class<?>) arguments[0], node, path, fallback);
        }
        var raw = (Class<?>) type;
        if (raw.isRecord() && !Scalars.isScalar(raw)) {
            if (node instanceof Node.Section section) {
                return bind(raw, section, path, fallback != null ? fallback : defaults(raw));
            }
            return mistaken(node, path, "must be a section of keys and values", fallback);
        }
        return scalar(raw, node, path, fallback);
    }

    private @Nullable Object scalar(Class<?> type, Node node, String path, @Nullable Object fallback) {
        if (!(node instanceof Node.Text text)) {
            return mistaken(node, path, "must be a single value", fallback);
        }
        try {
            return Scalars.read(type, text.value());
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException mistake) {
            return mistaken(node, path, String.valueOf(mistake.getMessage()), fallback);
        }
    }

    /** Keys that are not in the file stay as they are by default. */
    private @Nullable Object map(Class<?> valueType, Node node, String path, @Nullable Object fallback) {
        if (!(node instanceof Node.Section section)) {
            return mistaken(node, path, "must be a section of names", fallback);
        }
        var entries = new LinkedHashMap<Object, Object>();
        if (fallback instanceof Map<?, ?> kept) {
            kept.forEach(entries::put);
        }
        section.entries().forEach((name, entry) -> {
            var present = entry instanceof Node.Empty ? new Node.Section(Map.of(), entry.where()) : entry;
            var bound = value(valueType, present, join(path, name), entries.getOrDefault(name, defaults(valueType)));
            if (bound != null) {
                entries.put(name, bound);
            }
        });
        return entries;
    }

    private @Nullable Object list(Class<?> itemType, Node node, String path, @Nullable Object fallback) {
        if (!(node instanceof Node.Items items)) {
            return mistaken(node, path, "must be a list", fallback);
        }
        var values = new ArrayList<Object>();
        for (int i = 0; i < items.nodes().size(); i++) {
            var item = items.nodes().get(i);
            int before = problems.size();
            var bound = value(itemType, item, path + "[" + i + "]", defaults(itemType));
            if (bound != null) {
                values.add(bound);
            } else if (problems.size() == before) {
                problems.add(new Problem(path + "[" + i + "]", "must not be empty", item.where()));
            }
        }
        return values;
    }

    /** Runs the record's own rules; a value that breaks one is reported and replaced by its default until all hold. */
    private @Nullable Object construct(
            Class<?> type,
            RecordComponent[] components,
            @Nullable Object[] values,
            Node.Section section,
            String path,
            @Nullable Object defaults) {
        var constructor = canonical(type, components);
        for (int attempt = 0; attempt <= components.length; attempt++) {
            try {
                return constructor.newInstance(values);
            } catch (InvocationTargetException broken) {
                if (!(broken.getCause() instanceof IllegalArgumentException rule)) {
                    throw new IllegalStateException("constructor of " + type, broken.getCause());
                }
                var message = String.valueOf(rule.getMessage());
                int colon = message.indexOf(": ");
                var key = colon < 0 ? "" : message.substring(0, colon);
                problems.add(new Problem(
                        join(path, key),
                        message.substring(colon < 0 ? 0 : colon + 2),
                        section.nearest(key).where()));
                int blamed = indexOf(components, key.split("\\.", 2)[0]);
                var fallback = defaults == null || blamed < 0 ? null : read(components[blamed], defaults);
                if (fallback == null || fallback.equals(values[blamed])) {
                    return defaults;
                }
                values[blamed] = fallback;
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException("constructor of " + type, impossible);
            }
        }
        return defaults;
    }

    private void refuseUnknown(RecordComponent[] components, Node.Section section, String path) {
        var known = Arrays.stream(components).map(Keys::key).toList();
        section.entries().forEach((key, node) -> {
            if (!known.contains(key)) {
                problems.add(new Problem(join(path, key), "unknown key; " + Keys.suggestion(key, known), node.where()));
            }
        });
    }

    private @Nullable Object mistaken(Node node, String path, String rule, @Nullable Object fallback) {
        problems.add(new Problem(path, rule, node.where()));
        return fallback;
    }

    /** What the type's no-argument constructor makes, or null where it has none. */
    private static @Nullable Object defaults(Class<?> type) {
        if (!type.isRecord()) {
            return null;
        }
        try {
            return type.getConstructor().newInstance();
        } catch (NoSuchMethodException everythingMustBeGiven) {
            return null;
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("defaults of " + type, impossible);
        }
    }

    static Constructor<?> canonical(Class<?> type, RecordComponent[] components) {
        try {
            return type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException("constructor of " + type, impossible);
        }
    }

    static @Nullable Object read(RecordComponent component, Object owner) {
        try {
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("accessor of " + component, impossible);
        }
    }

    static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static int indexOf(RecordComponent[] components, String key) {
        for (int i = 0; i < components.length; i++) {
            if (Keys.key(components[i]).equals(key)) {
                return i;
            }
        }
        return -1;
    }

    private static String join(String path, String key) {
        return path.isEmpty() || key.isEmpty() ? path + key : path + "." + key;
    }
}
