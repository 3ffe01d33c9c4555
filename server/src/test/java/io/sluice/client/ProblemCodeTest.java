package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.ClientError;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The client's list of problems against the server's. */
class ProblemCodeTest {
    @Test
    void theClientKnowsEveryProblemOfTheServer() {
        var unknown = Arrays.stream(ClientError.values())
                .filter(error -> ProblemCode.of(error.code()) == ProblemCode.UNKNOWN)
                .toList();

        assertThat(unknown).isEmpty();
    }

    @Test
    void whatTheServerLetsBeTriedAgainIsPassing() {
        var mistaken = Arrays.stream(ClientError.values())
                .filter(error ->
                        error.mayRetry() && !ProblemCode.of(error.code()).isPassing())
                .toList();

        assertThat(mistaken).isEmpty();
    }
}
