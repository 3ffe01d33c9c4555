package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.http.ClientError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects are read one level deep, and their members stay the bytes that came. */
final class JsonTest {
    @ParameterizedTest
    @ValueSource(strings = {"1", "\"x\"", "null", " {} ", "[1,{\"a\":[]}]", "-1.5e3", "\n[]\n"})
    void aWholeValueIsJson(String text) {
        assertThat(Json.check(bytes(text))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1", "1 2", "{}{}", "nul", "\"x", "{\"a\"}", "[1,]"})
    void anythingElseIsNot(String text) {
        assertThat(Objects.requireNonNull(Json.check(bytes(text))).error()).isEqualTo(ClientError.BAD_JSON);
        assertThat(Json.object(bytes(text))).isInstanceOf(Outcome.Refused.class);
        assertThat(Json.array(bytes(text), 10)).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void nestingIsBounded() {
        assertThat(Json.check(bytes("[".repeat(400) + "]".repeat(400)))).isNull();
        assertThat(Json.check(bytes("[".repeat(100_000) + "]".repeat(100_000)))).isNotNull();
    }

    @Test
    void membersStayAsTheyCame() {
        var json = object(" {\"a\": { \"b\" : [1, 2] } ,\"c\":1.50,\"d\":\"\\u00e9\", \"e\":null,\"a2\":[ ]}");

        assertThat(text(json, "a")).isEqualTo("{ \"b\" : [1, 2] }");
        assertThat(text(json, "c")).isEqualTo("1.50");
        assertThat(text(json, "d")).isEqualTo("\"\\u00e9\"");
        assertThat(text(json, "e")).isEqualTo("null");
        assertThat(text(json, "a2")).isEqualTo("[ ]");
        assertThat(json.raw("f")).isNull();
        assertThat(json.has("a")).isTrue();
        assertThat(json.has("e")).isFalse();
        assertThat(json.has("f")).isFalse();
    }

    @Test
    void ofMembersWithOneNameTheLastCounts() {
        assertThat(object("{\"a\":1,\"a\":2}").integer("a", 0, 0, 9)).isEqualTo(2);
    }

    @Test
    void textsAreStringsOrAbsent() {
        var json = object("{\"s\":\"gr\\u00fc\\u00df\",\"n\":null,\"i\":1}");

        assertThat(json.text("s")).isEqualTo("gr\u00fc\u00df");
        assertThat(json.text("n")).isNull();
        assertThat(json.text("x")).isNull();
        assertThat(json.requiredText("s")).isEqualTo("gr\u00fc\u00df");
        assertWrong("i must be a string", () -> json.text("i"));
        assertWrong("x is missing", () -> json.requiredText("x"));
        assertWrong("n is missing", () -> json.requiredText("n"));
    }

    @Test
    void integersLieWithinTheirBounds() {
        var json =
                object("{\"a\":5,\"b\":-5,\"big\":99999999999,\"huge\":999999999999,\"f\":1.0,\"n\":null,\"s\":\"1\"}");

        assertThat(json.integer("a", 0, 5, 5)).isEqualTo(5);
        assertThat(json.integer("b", 0, -5, 0)).isEqualTo(-5);
        assertThat(json.integer("n", 7, 0, 9)).isEqualTo(7);
        assertThat(json.integer("x", 7, 0, 9)).isEqualTo(7);
        assertWrong("a must be an integer from 6 to 9", () -> json.integer("a", 0, 6, 9));
        assertWrong("a must be an integer from 0 to 4", () -> json.integer("a", 0, 0, 4));
        assertWrong("big must be an integer from 0 to 9", () -> json.integer("big", 0, 0, 9));
        assertWrong("huge must be an integer from 0 to 9", () -> json.integer("huge", 0, 0, 9));
        assertWrong("f must be an integer from 0 to 9", () -> json.integer("f", 0, 0, 9));
        assertWrong("s must be an integer from 0 to 9", () -> json.integer("s", 0, 0, 9));
    }

    @Test
    void anObjectOfStringsIsAMap() {
        var json = object("{\"h\":{\"a\":\"1\",\"b\":\"2\"},\"n\":null,\"l\":[],\"w\":{\"a\":1}}");

        assertThat(json.texts("h")).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(json.texts("n")).isEmpty();
        assertThat(json.texts("x")).isEmpty();
        assertWrong("l must be an object of strings", () -> json.texts("l"));
        assertWrong("a must be a string", () -> json.texts("w"));
    }

    @Test
    void anIdIsAnIntegerOrAString() {
        var json = object("{\"i\":1,\"s\":\"x\",\"f\":1.5,\"n\":null,\"o\":{}}");

        assertThat(List.of("i", "s", "f", "n", "o", "x").stream().filter(json::isScalar))
                .containsExactly("i", "s");
    }

    @Test
    void anArrayHasAtMostSoManyElements() {
        var elements = ((Outcome.Done<List<byte[]>>) Json.array(bytes("[1, {\"a\":2} ,\"x\"]"), 3)).value();
        var tooMany = ((Outcome.Refused<List<byte[]>>) Json.array(bytes("[1,2,3]"), 2)).problem();

        assertThat(elements.stream().map(each -> new String(each, StandardCharsets.UTF_8)))
                .containsExactly("1", "{\"a\":2}", "\"x\"");
        assertThat(tooMany.error()).isEqualTo(ClientError.TOO_LARGE);
        assertThat(tooMany.extra()).containsEntry("limit", 2);
    }

    @Test
    void anotherTypeThanTheOneNeededIsRefused() {
        assertThat(((Outcome.Refused<Json>) Json.object(bytes("[]"))).problem().error())
                .isEqualTo(ClientError.BAD_REQUEST);
        assertThat(((Outcome.Refused<List<byte[]>>) Json.array(bytes("{}"), 1))
                        .problem()
                        .error())
                .isEqualTo(ClientError.BAD_REQUEST);
    }

    private static void assertWrong(String message, Runnable reading) {
        assertThatExceptionOfType(Json.WrongMember.class)
                .isThrownBy(reading::run)
                .withMessage(message)
                .satisfies(wrong -> assertThat(wrong.problem().detail()).isEqualTo(message))
                .satisfies(wrong -> assertThat(wrong.problem().extra())
                        .containsEntry("field", message.substring(0, message.indexOf(' '))));
    }

    private static Json object(String text) {
        return ((Outcome.Done<Json>) Json.object(bytes(text))).value();
    }

    private static String text(Json json, String member) {
        return new String(Objects.requireNonNull(json.raw(member)), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
