package io.sluice.hub;

import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.http.Utf8;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One JSON object read one level deep: the value of each member stays as the bytes that came, so that data passes through
 * without being decoded and encoded again. Nesting is at most 500 levels, as Jackson's reader has it.
 */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Map<String, Member> members;

    private Json(Map<String, Member> members) {
        this.members = members;
    }

    /** A member does not have the type that is needed. Carries no stack trace: it is the peer's mistake, not ours. */
    public static final class WrongMember extends RuntimeException {
        private final String member;

        public WrongMember(String member, String rule) {
            super(member + " " + rule, null, false, false);
            this.member = member;
        }

        public Problem problem() {
            return Problem.of(ClientError.BAD_REQUEST, String.valueOf(getMessage()))
                    .with("field", member);
        }
    }

    /** Null when {@code bytes} are one JSON value in UTF-8 and nothing else, else what is wrong. */
    public static @Nullable Problem check(byte[] bytes) {
        if (!Utf8.isValid(bytes)) {
            return Problem.of(ClientError.BAD_JSON, "the JSON is not UTF-8");
        }
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            if (parser.nextToken() == null) {
                return Problem.of(ClientError.BAD_JSON, "the JSON is empty");
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null
                    ? null
                    : Problem.of(ClientError.BAD_JSON, "there is more than one JSON value");
        } catch (JacksonException malformed) {
            return malformed(malformed);
        }
    }

    /** The same JSON with its line breaks, which can only be white space between tokens, made spaces. */
    public static byte[] onOneLine(byte[] json) {
        for (byte b : json) {
            if (b == '\n' || b == '\r') {
                var line = json.clone();
                for (int i = 0; i < line.length; i++) {
                    if (line[i] == '\n' || line[i] == '\r') {
                        line[i] = ' ';
                    }
                }
                return line;
            }
        }
        return json;
    }

    /** Reads an object. Of members with the same name the last counts. */
    public static Outcome<Json> object(byte[] bytes) {
        var problem = check(bytes);
        if (problem != null) {
            return new Outcome.Refused<>(problem);
        }
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new Outcome.Refused<>(Problem.of(ClientError.BAD_REQUEST, "a JSON object is expected"));
            }
            var members = new HashMap<String, Member>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                var token = parser.nextToken();
                members.put(name, new Member(token, value(parser, token, bytes)));
            }
            return new Outcome.Done<>(new Json(members));
        } catch (JacksonException malformed) {
            return new Outcome.Refused<>(malformed(malformed));
        }
    }

    /** Reads an array into its elements' bytes; refuses more than {@code limit}. */
    public static Outcome<List<byte[]>> array(byte[] bytes, int limit) {
        var problem = check(bytes);
        if (problem != null) {
            return new Outcome.Refused<>(problem);
        }
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return new Outcome.Refused<>(Problem.of(ClientError.BAD_REQUEST, "a JSON array is expected"));
            }
            var elements = new ArrayList<byte[]>();
            for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (elements.size() == limit) {
                    return new Outcome.Refused<>(Problem.of(ClientError.TOO_LARGE, "at most " + limit + " elements")
                            .with("limit", limit));
                }
                elements.add(value(parser, token, bytes));
            }
            return new Outcome.Done<>(elements);
        } catch (JacksonException malformed) {
            return new Outcome.Refused<>(malformed(malformed));
        }
    }

    public boolean has(String name) {
        var member = members.get(name);
        return member != null && member.token != JsonToken.VALUE_NULL;
    }

    /** The bytes of a member's value, or null when it is absent. A JSON {@code null} is a value. */
    public byte @Nullable [] raw(String name) {
        var member = members.get(name);
        return member == null ? null : member.bytes;
    }

    /** A string member, or null when it is absent or JSON {@code null}. */
    public @Nullable String text(String name) {
        var member = members.get(name);
        if (member == null || member.token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (member.token != JsonToken.VALUE_STRING) {
            throw new WrongMember(name, "must be a string");
        }
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), member.bytes)) {
            parser.nextToken();
            return parser.getString();
        }
    }

    /** A string member that must be there. */
    public String requiredText(String name) {
        var text = text(name);
        if (text == null) {
            throw new WrongMember(name, "is missing");
        }
        return text;
    }

    /** An integer member within bounds, or {@code absent}. */
    public int integer(String name, int absent, int least, int most) {
        var member = members.get(name);
        if (member == null || member.token == JsonToken.VALUE_NULL) {
            return absent;
        }
        var rule = "must be an integer from " + least + " to " + most;
        if (member.token != JsonToken.VALUE_NUMBER_INT || member.bytes.length > 11) {
            throw new WrongMember(name, rule);
        }
        long value = Long.parseLong(new String(member.bytes, java.nio.charset.StandardCharsets.US_ASCII));
        if (value < least || value > most) {
            throw new WrongMember(name, rule);
        }
        return (int) value;
    }

    /** An object member of strings, or an empty map. */
    public Map<String, String> texts(String name) {
        var member = members.get(name);
        if (member == null || member.token == JsonToken.VALUE_NULL) {
            return Map.of();
        }
        if (!(object(member.bytes) instanceof Outcome.Done<Json>(var inner))) {
            throw new WrongMember(name, "must be an object of strings");
        }
        var texts = new HashMap<String, String>();
        for (var key : inner.members.keySet()) {
            texts.put(key, inner.requiredText(key));
        }
        return texts;
    }

    /** An array member of at most {@code limit} strings, or null when it is absent or JSON {@code null}. */
    public @Nullable List<String> list(String name, int limit) {
        var member = members.get(name);
        if (member == null || member.token == JsonToken.VALUE_NULL) {
            return null;
        }
        var rule = "must be an array of at most " + limit + " strings";
        if (!(array(member.bytes, limit) instanceof Outcome.Done<List<byte[]>>(var elements))) {
            throw new WrongMember(name, rule);
        }
        var texts = new ArrayList<String>();
        for (var element : elements) {
            try (var parser = FACTORY.createParser(ObjectReadContext.empty(), element)) {
                if (parser.nextToken() != JsonToken.VALUE_STRING) {
                    throw new WrongMember(name, rule);
                }
                texts.add(parser.getString());
            }
        }
        return texts;
    }

    /** True when the member is a number or a string: what may serve as a command's id. */
    public boolean isScalar(String name) {
        var member = members.get(name);
        return member != null && (member.token == JsonToken.VALUE_NUMBER_INT || member.token == JsonToken.VALUE_STRING);
    }

    private static byte[] value(JsonParser parser, JsonToken token, byte[] bytes) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        if (token.isStructStart()) {
            parser.skipChildren();
        } else {
            parser.finishToken();
        }
        int to = (int) parser.currentLocation().getByteOffset();
        return Arrays.copyOfRange(bytes, from, to);
    }

    private static Problem malformed(JacksonException malformed) {
        var at = malformed.getLocation();
        var where = at == null ? "" : " near byte " + Math.max(0, at.getByteOffset());
        return Problem.of(ClientError.BAD_JSON, "this is not JSON" + where);
    }

    private record Member(JsonToken token, byte[] bytes) {}
}
