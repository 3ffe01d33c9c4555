package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What may be published: every bound, on both sides. */
final class DraftsTest {
    private static final long MAX_BYTES = 10;

    @Test
    void aPayloadMayBeAsLargeAsTheLimit() {
        assertThat(check(draft(new byte[10], "e", null, Map.of()))).isNull();
        assertThat(refused(draft(new byte[11], "e", null, Map.of())))
                .returns(ClientError.TOO_LARGE, Problem::error)
                .returns("11 bytes are more than the 10 allowed", Problem::detail)
                .returns(Map.of("limit", 10L), Problem::extra);
    }

    @Test
    void aKeyHas1To255CharactersWithoutControls() {
        assertThat(key("k")).isNull();
        assertThat(key("k".repeat(255))).isNull();
        assertThat(field(key(""))).isEqualTo("idempotency_key");
        assertThat(field(key("k".repeat(256)))).isEqualTo("idempotency_key");
        assertThat(field(key("a\nb"))).isEqualTo("idempotency_key");
        assertThat(field(key("a\u0000"))).isEqualTo("idempotency_key");
        assertThat(field(key("\ud83d"))).isEqualTo("idempotency_key");
    }

    @Test
    void anEventHas1To64CharactersWithoutControls() {
        assertThat(event("e")).isNull();
        assertThat(event("e".repeat(64))).isNull();
        assertThat(field(event(""))).isEqualTo("event");
        assertThat(field(event("e".repeat(65)))).isEqualTo("event");
        assertThat(field(event("a\rb"))).isEqualTo("event");
        assertThat(field(Drafts.checkEvent("\u007f"))).isEqualTo("event");
    }

    @Test
    void thereAreAtMost16HeadersOfBoundedSize() {
        assertThat(headers(many(16))).isNull();
        assertThat(field(headers(many(17)))).isEqualTo("headers");
        assertThat(headers(Map.of("n".repeat(64), "v".repeat(1024)))).isNull();
        assertThat(field(headers(Map.of("n".repeat(65), "v")))).isEqualTo("headers");
        assertThat(field(headers(Map.of("n", "v".repeat(1025))))).isEqualTo("headers");
        assertThat(field(headers(Map.of("", "v")))).isEqualTo("headers");
    }

    @Test
    void aCommandBecomesADraftOfItsPublisher() {
        var json = object("{\"data\":{\n\"a\":1},\"event\":\"e\",\"headers\":{\"h\":\"v\"},\"idempotency_key\":\"k\"}");

        var draft = ((Outcome.Done<Draft>) Drafts.read(json, Identity.ANYBODY)).value();

        assertThat(draft.event()).isEqualTo("e");
        assertThat(draft.from()).isNull();
        assertThat(draft.headers()).isEqualTo(Map.of("h", "v"));
        assertThat(draft.idempotencyKey()).isEqualTo("k");
        assertThat(draft.ifNewest()).isNull();
        assertThat(new String(draft.payload().bytes(), StandardCharsets.UTF_8)).isEqualTo("{ \"a\":1}");
    }

    @Test
    void aCommandNeedsDataAndNothingElse() {
        var plain = ((Outcome.Done<Draft>) Drafts.read(object("{\"data\":null}"), Identity.ANYBODY)).value();
        var none = ((Outcome.Refused<Draft>) Drafts.read(object("{\"event\":\"e\"}"), Identity.ANYBODY)).problem();

        assertThat(plain.event()).isEqualTo("message");
        assertThat(plain.headers()).isEmpty();
        assertThat(plain.idempotencyKey()).isNull();
        assertThat(field(none)).isEqualTo("data");
    }

    private static Json object(String text) {
        return ((Outcome.Done<Json>) Json.object(text.getBytes(StandardCharsets.UTF_8))).value();
    }

    private static Map<String, String> many(int count) {
        var headers = new HashMap<String, String>();
        for (int i = 0; i < count; i++) {
            headers.put("h" + i, "");
        }
        return headers;
    }

    private static Draft draft(byte[] bytes, String event, @Nullable String key, Map<String, String> headers) {
        return new Draft(event, null, headers, new Payload(Payload.Kind.BINARY, bytes, "a/b"), key, null);
    }

    private static @Nullable Problem key(String key) {
        return check(draft(new byte[1], "e", key, Map.of()));
    }

    private static @Nullable Problem event(String event) {
        return check(draft(new byte[1], event, null, Map.of()));
    }

    private static @Nullable Problem headers(Map<String, String> headers) {
        return check(draft(new byte[1], "e", null, headers));
    }

    private static @Nullable Problem check(Draft draft) {
        return Drafts.check(draft, MAX_BYTES);
    }

    private static Problem refused(Draft draft) {
        return Objects.requireNonNull(check(draft));
    }

    private static @Nullable Object field(@Nullable Problem problem) {
        assertThat(Objects.requireNonNull(problem).error()).isEqualTo(ClientError.BAD_REQUEST);
        return problem.extra().get("field");
    }
}
