package io.sluice.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one listener: method and path pattern to handler. A pattern is a path whose {@code {name}} segments
 * capture, and which may end in {@code /*}. Built once at start, then read-only and thread-safe.
 *
 * <p>A literal segment wins over a capture. HEAD falls back to GET; OPTIONS is answered here; a known path with another
 * method is 405 with {@code Allow} (RFC 9110 section 15.5.6).
 */
public final class HttpRoutes {
    private final Node root;
    /** What the routes added here are asked through. */
    private final UnaryOperator<HttpHandler> front;

    public HttpRoutes() {
        this(new Node(), UnaryOperator.identity());
    }

    private HttpRoutes(Node root, UnaryOperator<HttpHandler> front) {
        this.root = root;
        this.front = front;
    }

    /** The same routes; those added here answer in {@code type}, so a request that does not accept it is 406. */
    public HttpRoutes producing(String type) {
        return behind(exchange -> Accept.takes(exchange.headers(), type)
                ? null
                : Problem.of(ClientError.NOT_ACCEPTABLE, "this resource is " + type));
    }

    /** The same routes; those added here are reached by whom {@code guard} gives null for, and refuse others as it says. */
    public HttpRoutes behind(Guard guard) {
        return new HttpRoutes(
                root,
                handler -> front.apply(exchange -> {
                    var refusal = guard.refusal(exchange);
                    if (refusal == null) {
                        handler.handle(exchange);
                    } else {
                        exchange.refuse(refusal);
                    }
                }));
    }

    /** Looks at a request before its handler does. */
    @FunctionalInterface
    public interface Guard {
        @Nullable
        Problem refusal(HttpExchange exchange);
    }

    /** Adds a route; a second one for the same method and pattern is a bug. */
    public HttpRoutes add(String method, String pattern, HttpHandler handler) {
        var node = root;
        var names = new ArrayList<String>();
        for (var segment : segments(pattern)) {
            if (segment.equals("*")) {
                node = node.rest();
            } else if (segment.startsWith("{")) {
                names.add(segment.substring(1, segment.length() - 1));
                node = node.capture();
            } else {
                node = node.literals.computeIfAbsent(segment, s -> new Node());
            }
        }
        if (node.methods.putIfAbsent(method, new Target(pattern, front.apply(handler), List.copyOf(names))) != null) {
            throw new IllegalStateException("two routes for " + method + " " + pattern);
        }
        return this;
    }

    /** Finds the handler for a decoded path. */
    public Match match(String method, String path) {
        var captured = new ArrayList<String>();
        var node = find(root, segments(path), 0, captured);
        if (node == null) {
            return new Match.NotFound();
        }
        var target = node.methods.get(method);
        if (target == null && method.equals("HEAD")) {
            target = node.methods.get("GET");
        }
        if (target == null) {
            return new Match.WrongMethod(allow(node));
        }
        var parameters = new LinkedHashMap<String, String>();
        for (int i = 0; i < target.names.size(); i++) {
            parameters.put(target.names.get(i), captured.get(i));
        }
        return new Match.Found(target.pattern, target.handler, parameters);
    }

    private static @Nullable Node find(Node node, List<String> segments, int at, List<String> captured) {
        if (at == segments.size()) {
            return node.methods.isEmpty() ? node.rest : node;
        }
        var literal = node.literals.get(segments.get(at));
        if (literal != null) {
            var found = find(literal, segments, at + 1, captured);
            if (found != null) {
                return found;
            }
        }
        if (node.capture != null && !segments.get(at).isEmpty()) {
            captured.add(segments.get(at));
            var found = find(node.capture, segments, at + 1, captured);
            if (found != null) {
                return found;
            }
            captured.removeLast();
        }
        return node.rest;
    }

    private static String allow(Node node) {
        var methods = new TreeSet<>(node.methods.keySet());
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        methods.add("OPTIONS");
        return String.join(", ", methods);
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
    }

    /** What a look-up found. */
    public sealed interface Match {
        /** @param route the pattern that matched */
        record Found(String route, HttpHandler handler, Map<String, String> parameters) implements Match {}

        /** @param allow the value of the {@code Allow} field */
        record WrongMethod(String allow) implements Match {}

        record NotFound() implements Match {}
    }

    private record Target(String pattern, HttpHandler handler, List<String> names) {}

    private static final class Node {
        final Map<String, Node> literals = new LinkedHashMap<>();
        final Map<String, Target> methods = new LinkedHashMap<>();
        private @Nullable Node capture;
        private @Nullable Node rest;

        Node capture() {
            if (capture == null) {
                capture = new Node();
            }
            return capture;
        }

        Node rest() {
            if (rest == null) {
                rest = new Node();
            }
            return rest;
        }
    }
}
