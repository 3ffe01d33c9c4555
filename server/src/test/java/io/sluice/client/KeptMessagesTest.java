package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.attack.FaultProxy;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.TestJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that outlive the process which queued them. */
class KeptMessagesTest {
    private static SluiceClient.Builder at(Object server, Path folder) {
        return SluiceClient.at(server.toString()).timing(Quick.HUNDREDTH).keepIn(folder);
    }

    @Test
    void whatAProcessQueuedBeforeItWasHaltedIsSentByTheNextOnceAndInOrder(@TempDir Path folder) throws Exception {
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port())) {
            proxy.refuse(true);
            runAndHalt(proxy.uri().toString(), folder);
            proxy.refuse(false);

            try (var client = at(server.uri(""), folder).connect()) {
                Eventually.holds(() -> client.unsent().isEmpty());

                var a = client.channel("a").newest(10).publications();
                assertThat(a).extracting(Publication::data).containsExactly("0", "2", "4", "6", "8");
                assertThat(a).extracting(Publication::event).containsOnly("queued");
                assertThat(client.channel("b").newest(10).publications())
                        .extracting(Publication::data)
                        .containsExactly("1", "3", "5", "7", "9");
                assertThat(messages(folder)).isEmpty();
            }
        }
    }

    @Test
    void aMessageThatWasStoredAndNeverAnsweredIsNotStoredAgainByTheNextProcess(@TempDir Path folder) {
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port())) {
            try (var client = at(proxy.uri(), folder).connect()) {
                client.channel("a").publish("1");
                proxy.cutAfter(0);
                proxy.refuse(true);
                client.channel("a").publishLater(Draft.json("2"));
                var api = new ApiClient(server);
                Eventually.holds(
                        () -> api.get("/v1/channels/a").json().get("messages").asInt() == 2);
            }

            try (var next = at(server.uri(""), folder).connect()) {
                Eventually.holds(() -> next.unsent().isEmpty());

                assertThat(next.channel("a").newest(10).publications())
                        .extracting(Publication::data)
                        .containsExactly("1", "2");
            }
        }
    }

    @Test
    void anUnreadableMessageIsToldSetAsideAndHoldsNobodyUp(@TempDir Path folder) throws IOException {
        var told = new ArrayList<Path>();
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port())) {
            proxy.refuse(true);
            try (var client = at(proxy.uri(), folder).connect()) {
                client.channel("a").publishLater(Draft.json("1"));
                client.channel("a").publishLater(Draft.json("2"));
            }
            Files.write(messages(folder).getFirst(), new byte[] {1, 2, 3});

            try (var next = at(server.uri(""), folder).onUnreadable(told::add).connect()) {
                Eventually.holds(() -> next.unsent().isEmpty());

                assertThat(next.channel("a").newest(10).publications())
                        .extracting(Publication::data)
                        .containsExactly("2");
                assertThat(told).hasSize(1).allMatch(Files::exists);
            }
        }
    }

    @Test
    void aMessageThatIsRefusedForGoodLeavesTheFolderAndTheNextGoesOn(@TempDir Path folder) {
        try (var server = EdgeServer.inMemory();
                var client = at(server.uri(""), folder).connect()) {
            var wrong = client.channel("a").publishLater(Draft.json("not json"));
            var right = client.channel("a").publishLater(Draft.json("1"));

            assertThat(right.orTimeout(20, TimeUnit.SECONDS).join().replayed()).isFalse();
            assertThat(wrong).isCompletedExceptionally();
            Eventually.holds(() -> messages(folder).isEmpty());
        }
    }

    @Test
    void theTransportThatWorkedIsTheFirstThatTheNextProcessTries(@TempDir Path folder) {
        var states = new java.util.concurrent.CopyOnWriteArrayList<ConnectionState>();
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port())) {
            proxy.doesNotKnow(java.util.Set.of("/v1/ws"));
            try (var client = at(proxy.uri(), folder).connect()) {
                client.channel("a").subscribe("latest").awaitStart(Duration.ofSeconds(10));
            }

            try (var next = at(proxy.uri(), folder).onState(states::add).connect()) {
                next.channel("a").subscribe("latest").awaitStart(Duration.ofSeconds(10));

                Eventually.holds(() -> states.contains(new ConnectionState.Live(Transport.SSE)));
                assertThat(states).startsWith(new ConnectionState.Connecting(Transport.SSE, 1));
            }
        }
    }

    private static List<Path> messages(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".message"))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    /** Another JVM, which dies as by a power cut right after it has queued ten messages. */
    private static void runAndHalt(String server, Path folder) throws Exception {
        var process = new ProcessBuilder(TestJvm.command(List.of(), Halting.class.getName(), server, folder.toString()))
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(7);
    }

    /** What the other JVM runs. */
    static final class Halting {
        private Halting() {}

        public static void main(String[] arguments) {
            var client = at(arguments[0], Path.of(arguments[1])).connect();
            for (int i = 0; i < 10; i++) {
                client.channel(i % 2 == 0 ? "a" : "b")
                        .publishLater(Draft.json(String.valueOf(i)).withEvent("queued"));
            }
            Runtime.getRuntime().halt(7);
        }
    }
}
