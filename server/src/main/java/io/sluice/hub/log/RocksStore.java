package io.sluice.hub.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.TickerType;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store on RocksDB, in {@code <data folder>/store}. One column family per {@link Store.Family}.
 *
 * <p>The read-write lock is only for opening again after a failed write: reads and writes share it.
 */
final class RocksStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(RocksStore.class);

    private final Path dataDir;
    private final Path folder;
    private final FolderLock folderLock;
    private final AcknowledgedFile acknowledged;
    private final WriteOptions unsynced = new WriteOptions().setSync(false);
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    /** Null while closed, or while it could not be opened again. Guarded by the lock. */
    private @Nullable RocksHandle db;

    private boolean closed;

    private RocksStore(
            Path dataDir, Path folder, FolderLock folderLock, AcknowledgedFile acknowledged, RocksHandle db) {
        this.dataDir = dataDir;
        this.folder = folder;
        this.folderLock = folderLock;
        this.acknowledged = acknowledged;
        this.db = db;
    }

    /** @throws StorageUnusable naming the folder and what is wrong with it */
    static RocksStore open(Path dataDir) {
        var absolute = dataDir.toAbsolutePath().normalize();
        var folder = absolute.resolve("store");
        FolderLock lock = null;
        RocksHandle db = null;
        try {
            Files.createDirectories(folder);
            lock = FolderLock.take(absolute);
            if (lock == null) {
                throw new StorageUnusable(absolute, "is in use by another server", new IOException("locked"));
            }
            RocksLibrary.load(absolute);
            WalTail.repair(folder);
            db = RocksHandle.open(folder);
            return new RocksStore(absolute, folder, lock, new AcknowledgedFile(absolute.resolve("acknowledged")), db);
        } catch (IOException failure) {
            giveBack(lock, db);
            throw new StorageUnusable(absolute, "cannot be used: " + failure, failure);
        } catch (RocksDBException failure) {
            giveBack(lock, db);
            throw new StorageUnusable(absolute, explain(failure), failure);
        }
    }

    private static void giveBack(@Nullable FolderLock lock, @Nullable RocksHandle db) {
        if (db != null) {
            db.close();
        }
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException failure) {
                LOG.warn("the lock of the data folder could not be given back", failure);
            }
        }
    }

    private static String explain(RocksDBException failure) {
        var message = String.valueOf(failure.getMessage());
        if (message.contains("LOCK") || message.contains("lock hold")) {
            return "is in use by another server (" + message + ")";
        }
        var status = failure.getStatus();
        if (message.contains("Corruption") || (status != null && status.getCode() == Status.Code.Corruption)) {
            return "is damaged and was not touched; move it away or restore a copy (" + message + ")";
        }
        return "cannot be opened (" + message + ")";
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
        var reading = reading();
        try {
            return handle().get(family, key);
        } catch (RocksDBException failure) {
            throw failed("reading", failure);
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void scan(Family family, byte[] from, byte[] to, Visitor visitor) {
        var reading = reading();
        try (var end = new Slice(to);
                var options = new ReadOptions().setIterateUpperBound(end);
                var iterator = handle().iterator(family, options)) {
            iterator.seek(from);
            visit(iterator, visitor, true);
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void scanBackwards(Family family, byte[] from, byte[] to, Visitor visitor) {
        var reading = reading();
        try (var begin = new Slice(from);
                var end = new Slice(to);
                var options = new ReadOptions().setIterateLowerBound(begin).setIterateUpperBound(end);
                var iterator = handle().iterator(family, options)) {
            iterator.seekToLast();
            visit(iterator, visitor, false);
        } finally {
            reading.unlock();
        }
    }

    private static void visit(RocksIterator iterator, Visitor visitor, boolean forwards) {
        while (iterator.isValid() && visitor.visit(iterator.key(), iterator.value())) {
            if (forwards) {
                iterator.next();
            } else {
                iterator.prev();
            }
        }
        try {
            iterator.status();
        } catch (RocksDBException failure) {
            throw failed("reading", failure);
        }
    }

    @Override
    public void write(StoreBatch batch, boolean sync) {
        var reading = reading();
        try (var changes = new WriteBatch()) {
            var db = handle();
            for (var change : batch.changes()) {
                switch (change) {
                    case StoreBatch.Put put -> changes.put(db.of(put.family()), put.key(), put.value());
                    case StoreBatch.Delete delete -> changes.delete(db.of(delete.family()), delete.key());
                    case StoreBatch.DeleteRange range ->
                        changes.deleteRange(db.of(range.family()), range.from(), range.to());
                }
            }
            db.write(sync ? synced : unsynced, changes);
        } catch (RocksDBException failure) {
            throw failed("writing", failure);
        } finally {
            reading.unlock();
        }
    }

    @Override
    public @Nullable Acknowledged acknowledged() {
        return acknowledged.read();
    }

    @Override
    public void acknowledge(long commit, boolean withSync) {
        acknowledged.write(commit, withSync);
    }

    @Override
    public boolean revive() {
        lock.writeLock().lock();
        try {
            if (closed) {
                return false;
            }
            if (db != null) {
                db.close();
                db = null;
            }
            db = RocksHandle.open(folder);
            return true;
        } catch (RocksDBException notYet) {
            LOG.warn("the store cannot be opened for writing yet", notYet);
            openForReading();
            return false;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void openForReading() {
        try {
            db = RocksHandle.openForReading(folder);
        } catch (RocksDBException failure) {
            LOG.warn("the store cannot be opened for reading either", failure);
        }
    }

    @Override
    public long estimate(Family family) {
        var reading = reading();
        try {
            return handle().estimate(family);
        } catch (RocksDBException failure) {
            throw failed("estimating", failure);
        } finally {
            reading.unlock();
        }
    }

    @Override
    public long usableBytes() {
        try {
            return Files.getFileStore(dataDir).getUsableSpace();
        } catch (IOException failure) {
            throw new StoreFailed("the room on the disk is not known: " + failure.getMessage(), failure);
        }
    }

    /** How often RocksDB has synced its write-ahead log since it was opened. */
    long walSyncs() {
        var reading = reading();
        try {
            return handle().ticker(TickerType.WAL_FILE_SYNCED);
        } finally {
            reading.unlock();
        }
    }

    private Lock reading() {
        var reading = lock.readLock();
        reading.lock();
        return reading;
    }

    private RocksHandle handle() {
        var open = db;
        if (open == null) {
            throw new StoreFailed("the store is closed");
        }
        return open;
    }

    private static StoreFailed failed(String doing, RocksDBException failure) {
        return new StoreFailed(doing + " failed: " + failure.getMessage(), failure);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (db != null) {
                db.close();
                db = null;
            }
            unsynced.close();
            synced.close();
            acknowledged.close();
            folderLock.close();
        } catch (IOException failure) {
            LOG.warn("a file of the store could not be closed", failure);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
