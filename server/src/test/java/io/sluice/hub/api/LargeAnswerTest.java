package io.sluice.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads of more than one answer may have. */
class LargeAnswerTest {
    private static final int CHANNELS = 8;
    private static final int EACH = 2;
    private static final int LARGE = 900_000;
    /** Four MiB and the message that crosses them. */
    private static final int MOST = 5_200_000;

    private final EdgeServer server = EdgeServer.inMemory();
    private final ApiClient api = new ApiClient(server);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void manyLargeChannelsComeInSeveralAnswersWithNothingLost() {
        var query = new StringBuilder();
        var published = new ArrayList<String>();
        for (int channel = 0; channel < CHANNELS; channel++) {
            query.append("channel=c").append(channel).append('&');
            for (int i = 0; i < EACH; i++) {
                api.publish("c" + channel, "\"" + i + "x".repeat(LARGE) + "\"");
                published.add("c" + channel + " " + i);
            }
        }

        var read = new ArrayList<String>();
        var after = "earliest";
        List<String> found;
        do {
            var answer = api.get("/v1/messages?" + query + "limit=1000&after=" + after);
            assertThat(answer.body().length()).isLessThan(MOST);
            found = new ArrayList<>();
            for (var message : answer.json().path("messages")) {
                found.add(message.path("channel").asString() + " "
                        + message.path("data").asString().charAt(0));
            }
            assertThat(answer.json().has("gap")).isFalse();
            read.addAll(found);
            after = answer.json().path("position").asString();
        } while (!found.isEmpty());

        assertThat(read).containsExactlyInAnyOrderElementsOf(published);
    }
}
