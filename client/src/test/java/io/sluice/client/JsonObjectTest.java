package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
    @Test
    void membersKeepTheTextThatCame() {
        var json = JsonObject.parse(
                " {\"data\": {\"a\" : [1, 2.50e+1]} ,\"n\":-7,\"list\":[\"x\",{\"y\":null}],\"ok\":true} ");

        assertThat(json.raw("data")).isEqualTo("{\"a\" : [1, 2.50e+1]}");
        assertThat(json.integer("n", 0)).isEqualTo(-7);
        assertThat(json.array("list")).containsExactly("\"x\"", "{\"y\":null}");
        assertThat(json.isTrue("ok")).isTrue();
        assertThat(json.object("data").array("a")).containsExactly("1", "2.50e+1");
    }

    @Test
    void stringsAreUnescapedAndQuotedBack() {
        var json = JsonObject.parse("{\"s\":\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20ac\\ud83d\\ude00z\"}");

        assertThat(json.text("s")).isEqualTo("a\"\\/\b\f\n\r\t\u20ac\ud83d\ude00z");
        assertThat(JsonObject.parse("{\"s\":" + JsonScanner.quoted(json.text("s")) + "}")
                        .text("s"))
                .isEqualTo(json.text("s"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}x",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":-}",
                "{\"a\":+1}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"open}"
            })
    void whatIsNoJsonObjectIsRefused(String text) {
        assertThatThrownBy(() -> JsonObject.parse(text)).isInstanceOf(MalformedJson.class);
    }

    @Test
    void nestingIsBounded() {
        var deep = "{\"a\":" + "[".repeat(JsonScanner.MAX_DEPTH) + "]".repeat(JsonScanner.MAX_DEPTH) + "}";

        assertThatThrownBy(() -> JsonObject.parse(deep)).isInstanceOf(MalformedJson.class);
    }
}
