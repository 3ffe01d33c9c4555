package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client keeps over a restart, and what it makes of a folder that others have touched. */
class ClientFolderTest {
    private static final Publisher.Target NEWS = Publisher.Target.channel("news");

    private final List<Path> unreadable = new ArrayList<>();

    private ClientFolder open(Path folder) {
        return ClientFolder.open(folder, unreadable::add);
    }

    @Test
    void aMessageComesBackAsItWas(@TempDir Path path) {
        var draft = Draft.bytes(new byte[] {0, 1, -1}, "image/png")
                .withEvent("photo")
                .withIdempotencyKey("photo-1")
                .withHeader("lang", "en")
                .ifNewest("k3v9.42");
        try (var folder = open(path)) {
            folder.keep(NEWS, draft);
        }

        try (var folder = open(path)) {
            var kept = folder.restore().getFirst();

            assertThat(kept.target()).isEqualTo(NEWS);
            assertThat(kept.draft()).usingRecursiveComparison().isEqualTo(draft);
        }
    }

    @Test
    void messagesComeBackInOrderAndNewOnesFollowThem(@TempDir Path path) {
        for (int run = 0; run < 3; run++) {
            try (var folder = open(path)) {
                folder.restore();
                for (int i = 0; i < 4; i++) {
                    folder.keep(NEWS, Draft.json(String.valueOf(4 * run + i)));
                }
            }
        }

        try (var folder = open(path)) {
            assertThat(folder.restore())
                    .extracting(kept -> new String(kept.draft().body(), StandardCharsets.UTF_8))
                    .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
        }
    }

    @Test
    void everyFileThatIsCutShortOrChangedIsSetAsideAndTheOthersComeBack(@TempDir Path path) throws IOException {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            try (var folder = open(path)) {
                folder.restore();
                var file = folder.keep(NEWS, Draft.json("{\"broken\":" + i + "}"));
                var bytes = Files.readAllBytes(file);
                var broken =
                        random.nextBoolean() ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
                if (broken == bytes) {
                    broken[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                Files.write(file, broken);
            }
        }
        try (var folder = open(path)) {
            folder.restore();
            folder.keep(NEWS, Draft.json("\"whole\""));
        }

        try (var folder = open(path)) {
            var restored = folder.restore();

            assertThat(restored).as("seed " + seed).hasSize(1);
            assertThat(new String(restored.getFirst().draft().body(), StandardCharsets.UTF_8))
                    .isEqualTo("\"whole\"");
            assertThat(unreadable).hasSize(200).allMatch(file -> file.toString().endsWith(".message.unreadable"));
            assertThat(path.toFile().list((dir, name) -> name.endsWith(".unreadable")))
                    .hasSize(ClientFolder.MOST_SET_ASIDE);
        }
    }

    @Test
    void whatAPowerCutLeftHalfWrittenIsNoMessage(@TempDir Path path) throws IOException {
        Files.write(path.resolve("0000000000000000001.message.part"), new byte[10]);
        Files.writeString(path.resolve("notes.txt"), "of somebody else");

        try (var folder = open(path)) {
            assertThat(folder.restore()).isEmpty();
            assertThat(unreadable).isEmpty();
            assertThat(path.toFile().list()).containsExactlyInAnyOrder("owner", "notes.txt");
        }
    }

    @Test
    void oneClientAtATimeHasTheFolder(@TempDir Path path) {
        var first = open(path);

        assertThatThrownBy(() -> open(path))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another");

        first.close();
        open(path).close();
    }

    @Test
    void aFolderThatCannotBeWrittenRefusesTheMessage(@TempDir Path path) throws IOException {
        try (var folder = open(path)) {
            Files.createDirectory(path.resolve("0000000000000000001.message.part"));

            assertThatThrownBy(() -> folder.keep(NEWS, Draft.json("1")))
                    .isInstanceOfSatisfying(
                            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.QUEUE_UNWRITABLE));
        }
    }

    @Test
    void theTransportThatWorkedIsRememberedForAnHour(@TempDir Path path) throws IOException {
        try (var folder = open(path)) {
            assertThat(folder.transport()).isNull();
            folder.remember(Transport.LONG_POLL);
            assertThat(folder.transport()).isEqualTo(Transport.LONG_POLL);

            var file = path.resolve("transport");
            var old = Files.getLastModifiedTime(file).toInstant().minusSeconds(3_700);
            Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.from(old));

            assertThat(folder.transport()).isNull();
        }
    }
}
