package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.hub.transport.ContractServers.Engine;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ReaderRefused;
import io.sluice.testkit.TestClient;
import io.sluice.testkit.TestClient.Received.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every reader may rely on, whatever its protocol and whatever engine keeps the channel. */
final class TransportContractTest {
    private static final String EVERYTHING = "io.sluice.hub.transport.ContractServers#everyKindOnEveryEngine";
    private static final Map<Engine, EdgeServer> SERVERS = new EnumMap<>(Engine.class);
    private static final AtomicInteger CHANNELS = new AtomicInteger();

    @TempDir
    static Path folder;

    private final String channel = "room:" + CHANNELS.incrementAndGet();

    @BeforeAll
    static void startServers() {
        for (var engine : Engine.values()) {
            SERVERS.put(engine, engine.start(folder.resolve("shared-" + engine)));
        }
    }

    @AfterAll
    static void closeServers() {
        SERVERS.values().forEach(EdgeServer::close);
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void deliversWhatIsPublishedInOrder(ClientKind kind, Engine engine) {
        var api = new ApiClient(java.util.Objects.requireNonNull(SERVERS.get(engine)));

        try (var reader = kind.open(java.util.Objects.requireNonNull(SERVERS.get(engine)), "latest", channel)) {
            var positions = publish(api, channel, 1, 30);

            assertThat(positionsOf(reader, 30)).isEqualTo(positions);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void tellsThePublicationAsItWasPublished(ClientKind kind, Engine engine) {
        var api = new ApiClient(java.util.Objects.requireNonNull(SERVERS.get(engine)));
        var data = "{\"text\":\"gr\u00fc\u00df dich \ud83d\ude00 \\\"quoted\\\"\",\"n\":[1,2.5,null,true]}";

        try (var reader = kind.open(java.util.Objects.requireNonNull(SERVERS.get(engine)), "latest", channel)) {
            api.publish(channel, data);

            assertThat(message(reader).data()).isEqualTo(data);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void goesOnAfterTheLastCursor(ClientKind kind, Engine engine) {
        var server = java.util.Objects.requireNonNull(SERVERS.get(engine));
        var api = new ApiClient(server);
        String cursor;
        try (var first = kind.open(server, "latest", channel)) {
            publish(api, channel, 1, 10);
            positionsOf(first, 3);
            cursor = String.valueOf(first.next().cursor());
        }
        publish(api, channel, 11, 15);

        try (var second = kind.open(server, cursor, channel)) {
            assertThat(dataOf(second, 11)).isEqualTo(numbers(5, 15));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void hasAValidCursorBeforeAnythingWasReceived(ClientKind kind, Engine engine) {
        var server = java.util.Objects.requireNonNull(SERVERS.get(engine));
        var api = new ApiClient(server);
        publish(api, channel, 1, 3);
        String cursor;
        try (var first = kind.open(server, "latest", channel)) {
            cursor = first.startCursor();
        }
        publish(api, channel, 4, 5);

        try (var second = kind.open(server, cursor, channel)) {
            assertThat(dataOf(second, 2)).isEqualTo(numbers(4, 5));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void hasAValidCursorOfAChannelThatNobodyEverPublishedTo(ClientKind kind, Engine engine) {
        var server = java.util.Objects.requireNonNull(SERVERS.get(engine));
        String cursor;
        try (var first = kind.open(server, "latest", channel)) {
            cursor = first.startCursor();
        }
        publish(new ApiClient(server), channel, 1, 2);

        try (var second = kind.open(server, cursor, channel)) {
            assertThat(dataOf(second, 2)).isEqualTo(numbers(1, 2));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void beginsWithTheOldestWhenAskedForEarliest(ClientKind kind, Engine engine) {
        var api = new ApiClient(java.util.Objects.requireNonNull(SERVERS.get(engine)));
        publish(api, channel, 1, 300);

        try (var reader = kind.open(java.util.Objects.requireNonNull(SERVERS.get(engine)), "earliest", channel)) {
            assertThat(dataOf(reader, 300)).isEqualTo(numbers(1, 300));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void refusesACursorFromTheFuture(ClientKind kind, Engine engine) {
        var position = new ApiClient(java.util.Objects.requireNonNull(SERVERS.get(engine))).publish(channel, "1");
        var future = position.substring(0, position.indexOf('.')) + ".2";

        assertThatExceptionOfType(ReaderRefused.class)
                .isThrownBy(() -> kind.open(java.util.Objects.requireNonNull(SERVERS.get(engine)), future, channel))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo("bad-cursor"));
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void refusesACursorOfAnotherChannel(ClientKind kind, Engine engine) {
        var position =
                new ApiClient(java.util.Objects.requireNonNull(SERVERS.get(engine))).publish(channel + "-other", "1");

        assertThatExceptionOfType(ReaderRefused.class)
                .isThrownBy(() -> kind.open(java.util.Objects.requireNonNull(SERVERS.get(engine)), position, channel))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo("bad-cursor"));
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void refusesWhatIsNoCursor(ClientKind kind, Engine engine) {
        for (var nonsense : List.of("nonsense", "1", ".", "k.-1", "k.1.1", "AQ", "k3v9.99999999999999999999")) {
            assertThatExceptionOfType(ReaderRefused.class)
                    .as(nonsense)
                    .isThrownBy(
                            () -> kind.open(java.util.Objects.requireNonNull(SERVERS.get(engine)), nonsense, channel))
                    .satisfies(refused -> assertThat(refused.code()).isEqualTo("bad-cursor"));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void readsSeveralChannelsWithOneCursor(ClientKind kind, Engine engine) {
        var server = java.util.Objects.requireNonNull(SERVERS.get(engine));
        var api = new ApiClient(server);
        var channels = new String[] {channel, channel + "-b", channel + "-c"};
        var received = new HashMap<String, List<String>>();
        var cursor = "earliest";
        for (int round = 0; round < 4; round++) {
            for (var name : channels) {
                publish(api, name, 5 * round + 1, 5 * round + 5);
            }

            try (var reader = kind.open(server, cursor, channels)) {
                for (int i = 0; i < 15; i++) {
                    var next = (Message) reader.next();
                    received.computeIfAbsent(next.channel(), c -> new ArrayList<>())
                            .add(next.data());
                    cursor = String.valueOf(next.cursor());
                }
            }
        }

        for (var name : channels) {
            assertThat(received.get(name)).as(name).isEqualTo(numbers(1, 20));
        }
    }

    @ParameterizedTest
    @EnumSource(ClientKind.class)
    void goesOnExactlyWhereItWasAfterARestartOnDisk(ClientKind kind, @TempDir Path own) {
        String cursor;
        try (var server = Engine.DISK.start(own)) {
            publish(new ApiClient(server), channel, 1, 20);
            try (var reader = kind.open(server, "earliest", channel)) {
                positionsOf(reader, 6);
                cursor = String.valueOf(reader.next().cursor());
            }
        }

        try (var server = Engine.DISK.start(own)) {
            publish(new ApiClient(server), channel, 21, 25);

            try (var reader = kind.open(server, cursor, channel)) {
                assertThat(dataOf(reader, 18)).isEqualTo(numbers(8, 25));
            }
        }
    }

    private static List<String> publish(ApiClient api, String channel, int first, int last) {
        var positions = new ArrayList<String>();
        for (int i = first; i <= last; i++) {
            positions.add(api.publish(channel, Integer.toString(i)));
        }
        return positions;
    }

    private static List<String> positionsOf(TestClient reader, int count) {
        var positions = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            positions.add(message(reader).position());
        }
        return positions;
    }

    private static List<String> dataOf(TestClient reader, int count) {
        var data = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            data.add(message(reader).data());
        }
        return data;
    }

    private static Message message(TestClient reader) {
        var next = reader.next();
        assertThat(next).isInstanceOf(Message.class);
        return (Message) next;
    }

    private static List<String> numbers(int first, int last) {
        var numbers = new ArrayList<String>();
        for (int i = first; i <= last; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }
}
