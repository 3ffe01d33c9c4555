package io.sluice.graphql;

import java.util.Map;

/**
 * What a request may ask for.
 *
 * @param introspection whether the schema may be asked for
 * @param maxCharacters the longest query text
 * @param maxTokens the most lexical tokens in it
 * @param maxDepth how deep fields may be nested, introspection aside
 * @param maxAliases the most aliases in a text
 * @param maxCost the most fields, see {@link QueryCost}
 * @param paged the fields that give as many children as their {@code first} says, and how many they give without it
 * @param cachedCharacters how much text is kept checked, and as much again persisted
 */
public record GraphQlLimits(
        boolean introspection,
        int maxCharacters,
        int maxTokens,
        int maxDepth,
        int maxAliases,
        int maxCost,
        Map<String, Integer> paged,
        long cachedCharacters) {}
