package io.sluice.hub;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.fuzz.FuzzTarget;
import io.sluice.http.ClientError;
import io.sluice.http.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is JSON is what Jackson's tree model takes for it, and the bytes of each member are those of its value. */
public final class JsonFuzz implements FuzzTarget {
    private static final JsonMapper TREE = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    @Override
    public void run(byte[] input) {
        var tree = tree(input);
        var problem = Json.check(input);
        if (problem != null) {
            check(problem.error() == ClientError.BAD_JSON, problem.toString());
            return;
        }
        if (tree == null) {
            return; // a number that is too long to be counted with is still JSON
        }
        check(TREE.readTree(Json.onOneLine(input)).equals(tree), "on one line it is another value");
        check(!contains(Json.onOneLine(input), '\n'), "there is more than one line");
        switch (Json.object(input)) {
            case Outcome.Refused<Json>(var refused) -> {
                check(!tree.isObject(), "an object was refused");
                check(refused.error() == ClientError.BAD_REQUEST, refused.toString());
            }
            case Outcome.Done<Json>(var object) -> members(object, tree);
        }
        if (Json.array(input, 4) instanceof Outcome.Done<List<byte[]>>(var elements)) {
            check(elements.size() == tree.size(), "an element is missing");
            for (int i = 0; i < elements.size(); i++) {
                check(TREE.readTree(elements.get(i)).equals(tree.get(i)), "element " + i + " is another one");
            }
        }
    }

    private static void members(Json object, JsonNode tree) {
        for (var name : tree.propertyNames()) {
            var raw = object.raw(name);
            check(raw != null && TREE.readTree(raw).equals(tree.get(name)), name + " is another value");
            try {
                object.text(name);
                object.integer(name, 0, -1, 1_000_000);
                object.texts(name);
                object.list(name, 3);
            } catch (Json.WrongMember wrong) {
                check(
                        Set.of(ClientError.BAD_REQUEST).contains(wrong.problem().error()),
                        wrong.problem().toString());
            }
        }
    }

    private static @Nullable JsonNode tree(byte[] input) {
        if (!Utf8.isValid(input)) {
            return null;
        }
        try {
            return TREE.readTree(input);
        } catch (JacksonException notJson) {
            return null;
        }
    }

    private static boolean contains(byte[] bytes, char wanted) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(wanted) >= 0;
    }
}
