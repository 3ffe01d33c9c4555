package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client against a whole server, over every transport. */
class SluiceClientTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final EdgeServer server = EdgeServer.inMemory();

    @AfterEach
    void stop() {
        server.close();
    }

    private SluiceClient client(Transport... transports) {
        return SluiceClient.at(server.uri("").toString())
                .transports(transports)
                .pollInterval(Duration.ofMillis(20))
                .connect();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void whatIsPublishedArrivesInOrderFromTheCursorOn(Transport transport) {
        try (var client = client(transport)) {
            var news = client.channel("news");
            var first = news.publish("{\"n\":0}");
            news.publish("{\"n\":1}");
            var subscription = news.subscribe(first.position());
            subscription.awaitStart(SOON);
            news.publish(Draft.text("two \"quoted\"").withEvent("note").withHeader("lang", "en"));

            var one = (Publication) subscription.next(SOON).orElseThrow();
            var two = (Publication) subscription.next(SOON).orElseThrow();

            assertThat(one.data()).isEqualTo("{\"n\":1}");
            assertThat(two.text()).hasValue("two \"quoted\"");
            assertThat(two.event()).isEqualTo("note");
            assertThat(two.headers()).containsEntry("lang", "en");
            assertThat(subscription.position()).hasValue(two.position());
            Eventually.holds(() -> client.state().equals(new ConnectionState.Live(transport)));
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void severalChannelsComeAndGoOverOneConnection(Transport transport) {
        try (var client = client(transport)) {
            var heard = Collections.synchronizedList(new ArrayList<String>());
            client.channel("a").publish("1");
            var a = client.channel("a").subscribe("earliest", each -> heard.add("a" + each.data()));
            a.awaitStart(SOON);
            var b = client.channel("b").subscribe(each -> heard.add("b" + each.data()));
            b.awaitStart(SOON);
            client.channel("b").publish("2");
            Eventually.holds(() -> heard.size() == 2);
            a.close();
            client.channel("a").publish("3");
            client.channel("b").publish("4");
            Eventually.holds(() -> heard.size() == 3);
            var again = client.channel("a").subscribe(a.position().orElseThrow(), each -> heard.add("a" + each.data()));
            again.awaitStart(SOON);
            Eventually.holds(() -> heard.size() == 4);

            assertThat(heard).containsExactly("a1", "b2", "b4", "a3");
        }
    }

    @Test
    void aSubscriptionThatHasAListenerIsNotAsked() {
        try (var client = client(Transport.values())) {
            var subscription = client.channel("a").subscribe(each -> {});

            assertThatThrownBy(subscription::next).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> client.channel("a").subscribe("latest")).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aSlowReaderStopsTheConnectionAndLosesNothing(Transport transport) {
        try (var client = SluiceClient.at(server.uri("").toString())
                .transports(transport)
                .pollInterval(Duration.ofMillis(20))
                .buffer(2)
                .connect()) {
            var channel = client.channel("fast");
            IntStream.range(0, 100).forEach(n -> channel.publish(String.valueOf(n)));
            var subscription = channel.subscribe("earliest");
            subscription.awaitStart(SOON);

            var data = new ArrayList<String>();
            while (data.size() < 100) {
                data.add(((Publication) subscription.next()).data());
            }

            assertThat(data)
                    .isEqualTo(IntStream.range(0, 100).mapToObj(String::valueOf).toList());
        }
    }

    @Test
    void aChannelIsAskedForItsPastAndItsPeople() {
        try (var alice =
                SluiceClient.at(server.uri("").toString()).user("alice").connect()) {
            var chat = alice.channel("chat:general");
            var subscription = chat.subscribe("latest");
            subscription.awaitStart(SOON);
            var first = chat.publish("1");
            var second = chat.publish("2");

            assertThat(chat.newest(1).publications())
                    .extracting(Publication::data)
                    .containsExactly("2");
            assertThat(chat.after(first.position(), 10).position()).isEqualTo(second.position());
            assertThat(chat.before(second.position(), 10).publications())
                    .extracting(Publication::from)
                    .containsExactly(java.util.Optional.of("alice"));
            assertThat(chat.presence()).extracting(Member::user).containsExactly("alice");
            assertThat(chat.readMarker()).isEqualTo(new ReadMarker(java.util.Optional.empty(), 2));
            assertThat(chat.markRead(first.position()).unread()).isEqualTo(1);
            chat.signal("typing", "{\"on\":true}");
            var events = new ArrayList<Event>();
            while (!(events.size() > 0
                    && events.getLast() instanceof Signal signal
                    && signal.event().equals("typing"))) {
                events.add(subscription.next(SOON).orElseThrow());
            }
            assertThat(alice.direct("bob", Draft.json("3")).channel()).isEqualTo("user:bob");
        }
    }

    @Test
    void refusalsAreTyped() {
        try (var client = client(Transport.values())) {
            assertThatThrownBy(() -> client.channel("no spaces").publish("1"))
                    .isInstanceOfSatisfying(
                            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.BAD_CHANNEL));
            assertThatThrownBy(() -> client.channel("a").publish("{"))
                    .isInstanceOfSatisfying(
                            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.BAD_JSON));
            var twice = Draft.json("1").withIdempotencyKey("k");
            assertThat(client.channel("a").publish(twice).replayed()).isFalse();
            assertThat(client.channel("a").publish(twice).replayed()).isTrue();
            assertThatThrownBy(() -> client.channel("a").publish(Draft.json("2").withIdempotencyKey("k")))
                    .isInstanceOfSatisfying(
                            SluiceException.class,
                            e -> assertThat(e.code()).isEqualTo(ProblemCode.IDEMPOTENCY_MISMATCH));
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aRefusedChannelEndsAloneAndTheOthersGoOn(Transport transport) {
        try (var client = client(transport)) {
            var bad = client.channel("no spaces").subscribe("latest");
            var good = client.channel("good").subscribe("latest");

            assertThatThrownBy(() -> bad.awaitStart(SOON))
                    .isInstanceOfSatisfying(
                            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.BAD_CHANNEL));
            good.awaitStart(SOON);
            client.channel("good").publish("1");

            assertThat(good.next(SOON)).isPresent();
            assertThat(List.of(bad, good)).extracting(Subscription::isEnded).containsExactly(true, false);
        }
    }
}
