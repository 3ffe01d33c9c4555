package io.sluice.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which form of a result a client wants (RFC 9110 section 12.5.1). */
final class GraphQlAnswerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | JSON",
                "*/* | JSON",
                "application/* | JSON",
                "text/* | EVENTS",
                "application/json | JSON",
                "application/graphql-response+json | RESPONSE",
                "application/graphql-response+json, application/json | RESPONSE",
                "application/json, application/graphql-response+json | RESPONSE",
                "application/graphql-response+json;q=0.5, application/json | JSON",
                "APPLICATION/JSON;charset=utf-8 | JSON",
                "text/event-stream | EVENTS",
                "text/event-stream, */*;q=0.1 | EVENTS",
                "application/json;q=0, */* | RESPONSE",
                "text/html | none",
                "application/json;q=0 | none"
            })
    void prefersWhatWeighsMost(String accept, String form) {
        var fields = new DefaultHttpHeaders();
        if (!accept.isEmpty()) {
            fields.add("accept", accept);
        }

        var answer = GraphQlAnswer.of(fields);

        assertThat(answer == null ? "none" : answer.name().toUpperCase(Locale.ROOT))
                .isEqualToIgnoringCase(form);
    }
}
