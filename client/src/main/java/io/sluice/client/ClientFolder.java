package io.sluice.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which a client keeps what is to survive its process: unsent messages, one file each, and which transport worked.
 * A file appears whole or not at all: it is written beside, forced to the disk and then renamed. A message that cannot be read
 * is set aside under the ending {@code .unreadable}, never sent and never read again. One client at a time has the folder. Thread-safe.
 */
final class ClientFolder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ClientFolder.class.getName());

    /** How many unreadable files are kept for a person to look at; the oldest goes first. */
    static final int MOST_SET_ASIDE = 100;

    private static final String ENDING = ".message";
    private static final String UNREADABLE = ".unreadable";
    private static final int MAGIC = 0x536c7531;
    private static final String TRANSPORT = "transport";

    /** For so long a transport that worked is tried first: networks change. */
    private static final long REMEMBERED_MILLIS = 3_600_000;

    private final Path folder;
    private final Consumer<Path> onUnreadable;
    private final FileChannel owner;
    private long lastNumber;

    private ClientFolder(Path folder, Consumer<Path> onUnreadable, FileChannel owner) {
        this.folder = folder;
        this.onUnreadable = onUnreadable;
        this.owner = owner;
    }

    /** A message as it lies in the folder. */
    record Kept(Path file, Publisher.Target target, Draft draft) {}

    /** Takes the folder, which is made where there is none. */
    static ClientFolder open(Path folder, Consumer<Path> onUnreadable) {
        try {
            Files.createDirectories(folder);
            var owner = FileChannel.open(folder.resolve("owner"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(owner) == null) {
                owner.close();
                throw new IllegalStateException("another client has the folder " + folder);
            }
            return new ClientFolder(folder, onUnreadable, owner);
        } catch (IOException failure) {
            throw new UncheckedIOException("the folder of the client cannot be used", failure);
        }
    }

    private static @Nullable FileLock lock(FileChannel owner) throws IOException {
        try {
            return owner.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    /** What an earlier process left behind, oldest first. Called once, before anything is kept. */
    List<Kept> restore() {
        var all = new ArrayList<Kept>();
        for (var file : files(UNREADABLE)) {
            lastNumber = Math.max(lastNumber, number(file));
        }
        for (var file : files(ENDING)) {
            lastNumber = Math.max(lastNumber, number(file));
            try {
                all.add(read(file));
            } catch (IOException | RuntimeException wrong) {
                setAside(file, wrong);
            }
        }
        files(".part").forEach(this::remove);
        return all;
    }

    /** Writes a message down; when this returns it survives a power cut. Throws {@link ProblemCode#QUEUE_UNWRITABLE}. */
    Path keep(Publisher.Target target, Draft draft) {
        var file = folder.resolve("%019d%s".formatted(next(), ENDING));
        var part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (var channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.wrap(encoded(target, draft));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            forceFolder();
            return file;
        } catch (IOException failure) {
            remove(part);
            throw new SluiceException(
                    ProblemCode.QUEUE_UNWRITABLE, "the message cannot be written to " + folder, failure);
        }
    }

    /** The transport that worked last, where that is not long ago; null where there is none. */
    @Nullable
    Transport transport() {
        var file = folder.resolve(TRANSPORT);
        try {
            long age =
                    System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis();
            return age > REMEMBERED_MILLIS ? null : Transport.valueOf(Files.readString(file));
        } catch (IOException | IllegalArgumentException none) {
            return null;
        }
    }

    /** This transport works. */
    void remember(Transport transport) {
        try {
            Files.writeString(folder.resolve(TRANSPORT), transport.name());
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.DEBUG, "the transport could not be remembered", failure);
        }
    }

    /** Forgets a message. If that fails it is sent again by the next process, and stored once all the same. */
    void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "an answered message could not be deleted", failure);
        }
    }

    @Override
    public void close() {
        try {
            owner.close();
        } catch (IOException gone) {
            // The lock ends with it either way.
        }
    }

    /** What a file's name begins with; 0 where that is no number. */
    private static long number(Path file) {
        var digits = file.getFileName().toString().split("\\.", 2)[0];
        return digits.matches("\\d{1,18}|0\\d{18}") ? Long.parseLong(digits) : 0;
    }

    private synchronized long next() {
        return ++lastNumber;
    }

    /** Makes the new name durable, where the system can do that. */
    private void forceFolder() throws IOException {
        try (var itself = FileChannel.open(folder, StandardOpenOption.READ)) {
            itself.force(true);
        } catch (java.nio.file.AccessDeniedException windows) {
            // There a rename is durable by itself, and a folder is not to be opened.
        }
    }

    private List<Path> files(String ending) {
        try (var all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException("the folder of the client cannot be read", failure);
        }
    }

    private void setAside(Path file, Exception why) {
        var aside = file.resolveSibling(file.getFileName() + UNREADABLE);
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            var kept = files(UNREADABLE);
            kept.subList(0, Math.max(0, kept.size() - MOST_SET_ASIDE)).forEach(this::remove);
        } catch (IOException failure) {
            why.addSuppressed(failure);
        }
        LOG.log(System.Logger.Level.WARNING, "an unsent message cannot be read and is set aside: " + aside, why);
        onUnreadable.accept(aside);
    }

    private static byte[] encoded(Publisher.Target target, Draft draft) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(MAGIC);
        out.writeUTF(target.path());
        out.writeUTF(draft.contentType());
        out.writeUTF(draft.event());
        out.writeUTF(draft.idempotencyKey());
        out.writeUTF(draft.newest().orElse(""));
        out.writeInt(draft.headers().size());
        for (var header : draft.headers().entrySet()) {
            out.writeUTF(header.getKey());
            out.writeUTF(header.getValue());
        }
        out.writeInt(draft.body().length);
        out.write(draft.body());
        out.writeLong(checksum(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    private static Kept read(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        int length = bytes.length - Long.BYTES;
        if (length < 0 || ByteBuffer.wrap(bytes).getLong(length) != checksum(bytes, length)) {
            throw new IOException("the checksum is another");
        }
        var in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
        if (in.readInt() != MAGIC) {
            throw new IOException("not a message, or of another version");
        }
        var target = new Publisher.Target(in.readUTF());
        var contentType = in.readUTF();
        var event = in.readUTF();
        var key = in.readUTF();
        var newest = in.readUTF();
        var headers = new ArrayList<String>();
        for (int left = 2 * in.readInt(); left > 0; left--) {
            headers.add(in.readUTF());
        }
        var draft = Draft.bytes(in.readNBytes(in.readInt()), contentType)
                .withEvent(event)
                .withIdempotencyKey(key);
        for (int i = 0; i < headers.size(); i += 2) {
            draft = draft.withHeader(headers.get(i), headers.get(i + 1));
        }
        return new Kept(file, target, newest.isEmpty() ? draft : draft.ifNewest(newest));
    }

    private static long checksum(byte[] bytes, int length) {
        var crc = new CRC32();
        crc.update(bytes, 0, length);
        return crc.getValue();
    }
}
