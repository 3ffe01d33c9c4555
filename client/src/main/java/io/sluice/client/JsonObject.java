package io.sluice.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object (RFC 8259), its members kept as the text that came: what an application published is handed on and never
 * decoded. The whole text is checked, strictly, when the object is read. Immutable.
 */
final class JsonObject {
    private final Map<String, String> members;

    private JsonObject(Map<String, String> members) {
        this.members = members;
    }

    /** @throws MalformedJson when {@code text} is anything but one object */
    static JsonObject parse(String text) {
        var scanner = new JsonScanner(text);
        var members = new LinkedHashMap<String, String>();
        scanner.object((name, from, to) -> members.put(name, text.substring(from, to)));
        scanner.end();
        return new JsonObject(members);
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    /** The member as JSON text. */
    @Nullable
    String raw(String name) {
        return members.get(name);
    }

    /** The string of this name, or {@code otherwise} where there is none. */
    String text(String name, String otherwise) {
        var raw = members.get(name);
        return raw == null || raw.charAt(0) != '"' ? otherwise : JsonScanner.string(raw);
    }

    /** The string of this name. */
    String text(String name) {
        var raw = members.get(name);
        if (raw == null || raw.charAt(0) != '"') {
            throw new MalformedJson("the member " + name + " must be a string");
        }
        return JsonScanner.string(raw);
    }

    /** The integer of this name, or {@code otherwise} where there is none. */
    long integer(String name, long otherwise) {
        var raw = members.get(name);
        try {
            return raw == null ? otherwise : Long.parseLong(raw);
        } catch (NumberFormatException other) {
            return otherwise;
        }
    }

    boolean isTrue(String name) {
        return "true".equals(members.get(name));
    }

    /** The object of this name; empty where there is none. */
    JsonObject object(String name) {
        var raw = members.get(name);
        return raw == null || raw.charAt(0) != '{' ? new JsonObject(Map.of()) : parse(raw);
    }

    /** The elements of the array of this name as JSON text; none where there is no array. */
    List<String> array(String name) {
        var raw = members.get(name);
        if (raw == null || raw.charAt(0) != '[') {
            return List.of();
        }
        var elements = new ArrayList<String>();
        new JsonScanner(raw).array((from, to) -> elements.add(raw.substring(from, to)));
        return elements;
    }

    /** The objects of the array of this name. */
    List<JsonObject> objects(String name) {
        return array(name).stream().map(JsonObject::parse).toList();
    }

    /** The members that are strings, in the order in which they came. */
    Map<String, String> texts() {
        var texts = new LinkedHashMap<String, String>();
        members.forEach((name, raw) -> {
            if (raw.charAt(0) == '"') {
                texts.put(name, JsonScanner.string(raw));
            }
        });
        return texts;
    }
}
