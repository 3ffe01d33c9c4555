package io.sluice.config;

import io.sluice.config.ConfigException.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads YAML into {@link Node}s that know their lines. Repeated keys, aliases and further documents are problems. */
final class YamlTree {
    private final String file;
    private final List<Problem> problems;

    YamlTree(String file, List<Problem> problems) {
        this.file = file;
        this.problems = problems;
    }

    /** The top section; empty when the text is, or when it cannot be read, which is then a problem. */
    Node.Section read(String text) {
        var nothing = new Node.Section(new LinkedHashMap<>(), file);
        if (text.isEmpty()) {
            // A server without a file starts without the parser.
            return nothing;
        }
        try (var parser = (YAMLParser) new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                return nothing;
            }
            var top = value(parser, "", file + ":1");
            if (parser.nextToken() != null) {
                problems.add(new Problem("", "the file must hold one YAML document", here(parser)));
            }
            return switch (top) {
                case Node.Section section -> section;
                case Node.Empty empty -> nothing;
                case Node other -> {
                    problems.add(new Problem("", "the file must hold keys and values", other.where()));
                    yield nothing;
                }
            };
        } catch (StreamReadException broken) {
            var line = broken.getLocation() == null ? 1 : broken.getLocation().getLineNr();
            problems.add(new Problem("", "not YAML: " + firstLine(broken.getOriginalMessage()), file + ":" + line));
            return nothing;
        }
    }

    /** Reads the value whose first token is current. */
    private Node value(YAMLParser parser, String path, String where) {
        if (parser.isCurrentAlias()) {
            problems.add(new Problem(path, "YAML aliases are not supported; write the value out", where));
            return new Node.Empty(where);
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> section(parser, path, where);
            case START_ARRAY -> {
                var nodes = new ArrayList<Node>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    nodes.add(value(parser, path + "[" + nodes.size() + "]", here(parser)));
                }
                yield new Node.Items(nodes, where);
            }
            case VALUE_NULL -> new Node.Empty(where);
            default -> new Node.Text(parser.getString(), where);
        };
    }

    private Node.Section section(YAMLParser parser, String path, String where) {
        var entries = new LinkedHashMap<String, Node>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var key = parser.currentName();
            var line = here(parser);
            var keyPath = path.isEmpty() ? key : path + "." + key;
            parser.nextToken();
            var earlier = entries.putIfAbsent(key, value(parser, keyPath, line));
            if (earlier != null) {
                problems.add(new Problem(keyPath, "appears twice; first at " + earlier.where(), line));
            }
        }
        return new Node.Section(entries, where);
    }

    private String here(JsonParser parser) {
        return file + ":" + parser.currentTokenLocation().getLineNr();
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
