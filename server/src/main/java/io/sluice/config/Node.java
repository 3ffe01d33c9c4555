package io.sluice.config;

import java.util.List;
import java.util.Map;

/** A value as the file or the environment gave it, not yet judged, with where it stands. */
sealed interface Node {
    /** {@code sluice.yaml:12} or the name of an environment variable: what a problem points at. */
    String where();

    /** A scalar, as written. */
    record Text(String value, String where) implements Node {}

    /** A key without a value: the default applies. */
    record Empty(String where) implements Node {}

    record Items(List<Node> nodes, String where) implements Node {}

    /** Keys and values; mutable while it is being put together. */
    record Section(Map<String, Node> entries, String where) implements Node {}

    /** The node at a dotted path below this one, or the nearest above it that exists. */
    default Node nearest(String path) {
        var node = this;
        for (var key : path.split("\\.")) {
            var next = node instanceof Section section ? section.entries().get(key) : null;
            if (next == null) {
                return node;
            }
            node = next;
        }
        return node;
    }
}
