package io.sluice.hub.log;

import io.sluice.hub.log.Store.Family;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * An open RocksDB with everything native that belongs to it. Where its memory, files and recovery are decided.
 *
 * <p>Memory: {@value #MEMTABLES} bytes of memtables over all families, {@value #BLOCK_CACHE} of blocks, indexes and filters.
 * Recovery: to the last good record of the write-ahead log before the first bad one. Families are flushed together, so that
 * what is in files is never ahead of another family.
 */
final class RocksHandle implements AutoCloseable {
    private static final long MEMTABLES = 16 << 20;
    private static final long BLOCK_CACHE = 8 << 20;
    private static final int MAX_OPEN_FILES = 256;

    private final Deque<AutoCloseable> natives;
    private final RocksDB db;
    private final Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);
    private final Statistics statistics;

    private RocksHandle(
            Deque<AutoCloseable> natives, RocksDB db, List<ColumnFamilyHandle> handles, Statistics statistics) {
        this.natives = natives;
        this.db = db;
        this.statistics = statistics;
        for (var family : Family.values()) {
            families.put(family, handles.get(1 + families.size()));
        }
    }

    static RocksHandle open(Path folder) throws RocksDBException {
        return open(folder, false);
    }

    static RocksHandle openForReading(Path folder) throws RocksDBException {
        return open(folder, true);
    }

    private static RocksHandle open(Path folder, boolean readOnly) throws RocksDBException {
        var natives = new ArrayDeque<AutoCloseable>();
        var statistics = new Statistics();
        natives.push(statistics);
        var cache = new LRUCache(BLOCK_CACHE);
        natives.push(cache);
        var filter = new BloomFilter(10);
        natives.push(filter);
        var options = options(statistics);
        natives.push(options);
        var descriptors = new ArrayList<ColumnFamilyDescriptor>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, family(null, cache, filter)));
        for (var family : Family.values()) {
            var name = family.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
            descriptors.add(new ColumnFamilyDescriptor(name, family(family, cache, filter)));
        }
        descriptors.forEach(descriptor -> natives.push(descriptor.getOptions()));
        var handles = new ArrayList<ColumnFamilyHandle>();
        try {
            var db = readOnly
                    ? RocksDB.openReadOnly(options, folder.toString(), descriptors, handles)
                    : RocksDB.open(options, folder.toString(), descriptors, handles);
            return new RocksHandle(natives, db, handles, statistics);
        } catch (RocksDBException failure) {
            closeAll(natives);
            throw failure;
        }
    }

    private static DBOptions options(Statistics statistics) {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setAvoidFlushDuringRecovery(true)
                .setMaxTotalWalSize(2 * MEMTABLES)
                .setDbWriteBufferSize(MEMTABLES)
                .setMaxOpenFiles(MAX_OPEN_FILES)
                .setMaxBackgroundJobs(2)
                .setSkipStatsUpdateOnDbOpen(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setMaxManifestFileSize(1 << 20)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setStatistics(statistics);
    }

    private static ColumnFamilyOptions family(@Nullable Family family, Cache cache, BloomFilter filter) {
        var table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setBlockSize(16 << 10);
        boolean lookedUp = family == Family.KEYS
                || family == Family.CHANNELS
                || family == Family.MARKERS
                || family == Family.WEBHOOKS;
        if (lookedUp) {
            table.setFilterPolicy(filter);
        }
        return new ColumnFamilyOptions()
                .setWriteBufferSize(MEMTABLES / 2)
                .setArenaBlockSize(256 << 10)
                .setMaxWriteBufferNumber(2)
                .setTargetFileSizeBase(16 << 20)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(table);
    }

    ColumnFamilyHandle of(Family family) {
        return java.util.Objects.requireNonNull(families.get(family));
    }

    byte @Nullable [] get(Family family, byte[] key) throws RocksDBException {
        return db.get(of(family), key);
    }

    RocksIterator iterator(Family family, ReadOptions options) {
        return db.newIterator(of(family), options);
    }

    void write(WriteOptions options, WriteBatch changes) throws RocksDBException {
        db.write(options, changes);
    }

    long estimate(Family family) throws RocksDBException {
        return db.getLongProperty(of(family), "rocksdb.estimate-num-keys");
    }

    long ticker(TickerType ticker) {
        return statistics.getTickerCount(ticker);
    }

    @Override
    public void close() {
        families.values().forEach(ColumnFamilyHandle::close);
        db.close();
        closeAll(natives);
    }

    private static void closeAll(Deque<AutoCloseable> natives) {
        for (var each : natives) {
            try {
                each.close();
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
