package io.sluice.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import com.microsoft.playwright.Route;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.NodePeer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The grpc-web client, unmodified, in a page of a real browser. */
final class GrpcWebPageTest {
    private static final String PACKAGE = "grpc-web@2.1.1";

    @Test
    void aPageFollowsAChannelAsTextAndPublishesToIt() throws Exception {
        var module = NodePeer.with(PACKAGE).installed("grpc-web/index.esm.js");
        var subscribe = SubscribeRequest.newBuilder()
                .addChannels(ChannelStart.newBuilder().setChannel("page"))
                .build();
        var publish = PublishRequest.newBuilder()
                .setChannel("page")
                .setJson("\"hello\"")
                .build();
        var wrong = PublishRequest.newBuilder().setChannel("?").setJson("1").build();

        try (var server = EdgeServer.inMemory();
                var chromium = Chromium.launch();
                var page = chromium.browser().newPage()) {
            page.route(
                    "**/grpc-web.mjs",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("text/javascript")
                            .setPath(module)));
            page.navigate(server.uri("/favicon.svg").toString());
            var facts = (List<?>) page.evaluate(
                    script(), Map.of("subscribe", bytes(subscribe), "publish", bytes(publish), "wrong", bytes(wrong)));

            assertThat(facts).hasSize(4);
            assertThat(facts.stream().map(String::valueOf))
                    .satisfiesExactlyInAnyOrder(
                            subscribed ->
                                    assertThat(subscribed).contains("page").contains(".0"),
                            published -> assertThat(published).contains("page").contains(".1"),
                            message -> assertThat(message).contains("\"hello\""),
                            refused -> assertThat(refused).isEqualTo("error 3"));
            Eventually.holds(() -> server.hub().sessions().count() == 0);
        }
    }

    private static String script() throws Exception {
        try (var in = GrpcWebPageTest.class.getResourceAsStream("/peers/grpc-web-page.js")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<Integer> bytes(MessageLite message) {
        var bytes = new ArrayList<Integer>();
        for (byte b : message.toByteArray()) {
            bytes.add(b & 0xff);
        }
        return bytes;
    }
}
