package io.sluice.config;

import java.time.Duration;

/**
 * Limits of GraphQL, for requests and for subscriptions alike.
 *
 * @param introspection whether clients may ask for the schema, which this server's documentation shows anyway
 * @param maxQuerySize the longest query text
 * @param maxTokens the most lexical tokens in a query
 * @param maxDepth how deep fields may be nested, introspection aside
 * @param maxAliases the most aliases in a query
 * @param maxCost the most fields that a query may ask for, where those below {@code history(first: n)} count n times
 * @param maxBatch the most operations in one HTTP request
 * @param maxOperations how many operations one WebSocket may have under way
 * @param maxRunning how many requests are executed at once in the whole server; beyond it 503
 * @param timeout how long a query or mutation may take; then 504
 * @param documentCache how much query text is kept parsed and checked, and as much again of persisted queries
 */
public record GraphQlConfig(
        boolean introspection,
        DataSize maxQuerySize,
        int maxTokens,
        int maxDepth,
        int maxAliases,
        int maxCost,
        int maxBatch,
        int maxOperations,
        int maxRunning,
        Duration timeout,
        DataSize documentCache) {

    public GraphQlConfig() {
        this(true, DataSize.kib(16), 2_000, 16, 30, 20_000, 10, 100, 256, Duration.ofSeconds(10), DataSize.mib(1));
    }

    public GraphQlConfig {
        require(
                maxQuerySize.bytes() >= 256 && maxQuerySize.bytes() <= 1 << 20,
                "max_query_size: must be 256 bytes to 1MiB");
        require(maxTokens >= 10 && maxTokens <= 100_000, "max_tokens: must be 10 to 100000");
        require(maxDepth >= 1 && maxDepth <= 100, "max_depth: must be 1 to 100");
        require(maxAliases >= 0 && maxAliases <= 10_000, "max_aliases: must be 0 to 10000");
        require(maxCost >= 1, "max_cost: must be at least 1");
        require(maxBatch >= 1 && maxBatch <= 1_000, "max_batch: must be 1 to 1000");
        require(maxOperations >= 1 && maxOperations <= 100_000, "max_operations: must be 1 to 100000");
        require(maxRunning >= 1, "max_running: must be at least 1");
        require(
                timeout.toMillis() >= 1 && timeout.compareTo(Duration.ofMinutes(10)) <= 0,
                "timeout: must be 1ms to 10m");
        require(
                documentCache.bytes() >= 0 && documentCache.bytes() <= 256 << 20,
                "document_cache: must be 0 to 256MiB");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
