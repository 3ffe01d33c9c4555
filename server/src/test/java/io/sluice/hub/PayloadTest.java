package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.ClientError;
import io.sluice.hub.Payload.Kind;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a body is, by its media type. */
final class PayloadTest {
    private static final byte[] NOT_UTF8 = {'"', (byte) 0xc3, '"'};

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, JSON, application/json",
                "' ', JSON, application/json",
                "application/json, JSON, application/json",
                "Application/JSON; charset=utf-8, JSON, application/json",
                "application/vnd.x+json, JSON, application/json",
                "application/x-www-form-urlencoded, JSON, application/json",
                "text/plain, TEXT, text/plain",
                "'text/html; charset=utf-8', TEXT, 'text/html; charset=utf-8'",
                "application/octet-stream, BINARY, application/octet-stream",
                "image/png, BINARY, image/png"
            })
    void theTypeSaysWhatABodyIs(@Nullable String contentType, Kind kind, String kept) {
        var payload = payload(contentType, "[1]");

        assertThat(payload.kind()).isEqualTo(kind);
        assertThat(payload.contentType()).isEqualTo(kept);
        assertThat(new String(payload.bytes(), StandardCharsets.UTF_8)).isEqualTo("[1]");
    }

    @Test
    void aFormThatIsNoJsonIsText() {
        assertThat(payload("application/x-www-form-urlencoded", "a=1").kind()).isEqualTo(Kind.TEXT);
    }

    @Test
    void jsonIsKeptOnOneLine() {
        assertThat(new String(payload(null, "[1,\r\n2]").bytes(), StandardCharsets.UTF_8))
                .isEqualTo("[1,  2]");
    }

    @Test
    void whatIsNotWhatItsTypeSaysIsRefused() {
        assertThat(refusal("application/json", "{".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(ClientError.BAD_JSON);
        assertThat(refusal("application/json", NOT_UTF8)).isEqualTo(ClientError.BAD_JSON);
        assertThat(refusal("text/plain", NOT_UTF8)).isEqualTo(ClientError.BAD_REQUEST);
        assertThat(refusal("application/x-www-form-urlencoded", NOT_UTF8)).isEqualTo(ClientError.BAD_REQUEST);
    }

    @Test
    void aTypeHasASlashAndAtMost255Characters() {
        assertThat(payload("a/" + "b".repeat(253), "x").kind()).isEqualTo(Kind.BINARY);
        assertThat(refusal("a/" + "b".repeat(254), new byte[1])).isEqualTo(ClientError.UNSUPPORTED_MEDIA);
        assertThat(refusal("nonsense", new byte[1])).isEqualTo(ClientError.UNSUPPORTED_MEDIA);
        assertThat(refusal("/nonsense", new byte[1])).isEqualTo(ClientError.UNSUPPORTED_MEDIA);
    }

    private static Payload payload(@Nullable String contentType, String body) {
        return ((Outcome.Done<Payload>) Payload.of(contentType, body.getBytes(StandardCharsets.UTF_8))).value();
    }

    private static ClientError refusal(String contentType, byte[] body) {
        return ((Outcome.Refused<Payload>) Payload.of(contentType, body))
                .problem()
                .error();
    }
}
