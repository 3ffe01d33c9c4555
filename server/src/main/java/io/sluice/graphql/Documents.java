package io.sluice.graphql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import graphql.ExecutionInput;
import graphql.ParseAndValidate;
import graphql.parser.ParserOptions;
import graphql.schema.GraphQLSchema;
import graphql.validation.rules.SubscriptionUniqueRootField;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Query texts, parsed and checked once for all who send them, and those that clients persisted under their SHA-256. Both
 * are bounded by their characters; what was not asked for lately is forgotten. Thread-safe; {@link #prepare} computes.
 */
final class Documents {
    private final GraphQLSchema schema;
    private final GraphQlLimits limits;
    private final ParserOptions parser;
    private final Cache<String, PreparedDocument> prepared;
    private final Cache<String, String> persisted;

    Documents(GraphQLSchema schema, GraphQlLimits limits) {
        this.schema = schema;
        this.limits = limits;
        this.parser = ParserOptions.newParserOptions()
                .maxCharacters(limits.maxCharacters())
                .maxTokens(limits.maxTokens())
                .maxWhitespaceTokens(limits.maxCharacters())
                .captureIgnoredChars(false)
                .captureLineComments(false)
                .redactTokenParserErrorMessages(true)
                .build();
        this.prepared = Caffeine.newBuilder()
                .maximumWeight(limits.cachedCharacters())
                .weigher((String text, PreparedDocument document) -> 64 + text.length())
                .executor(Runnable::run)
                .build();
        this.persisted = Caffeine.newBuilder()
                .maximumWeight(limits.cachedCharacters())
                .weigher((String hash, String text) -> 64 + text.length())
                .executor(Runnable::run)
                .build();
    }

    PreparedDocument prepare(String text) {
        if (text.length() > limits.maxCharacters()) {
            return refused(
                    "",
                    Problem.of(
                                    ClientError.TOO_LARGE,
                                    "the query is " + text.length() + " characters long, at most "
                                            + limits.maxCharacters() + " are allowed")
                            .with("limit", limits.maxCharacters()));
        }
        var known = prepared.getIfPresent(text);
        if (known == null) {
            known = check(text);
            prepared.put(text, known);
        }
        return known;
    }

    private PreparedDocument check(String text) {
        var input = ExecutionInput.newExecutionInput()
                .query(text)
                .graphQLContext(Map.of(ParserOptions.class, parser))
                .build();
        var parsed = ParseAndValidate.parse(input);
        if (parsed.isFailure()) {
            return PreparedDocument.invalid(text, parsed.getErrors());
        }
        var document = parsed.getDocument();
        var broken = DocumentRules.check(document, limits.maxDepth(), limits.maxAliases());
        if (broken != null) {
            return refused(text, broken);
        }
        // Its rule for subscriptions comes before those that it relies on, and does not stand what they would refuse.
        var invalid = ParseAndValidate.validate(
                schema, document, rule -> rule != SubscriptionUniqueRootField.class, Locale.ROOT);
        if (!invalid.isEmpty()) {
            return PreparedDocument.invalid(text, invalid.subList(0, Math.min(invalid.size(), 10)));
        }
        var several = SubscriptionRule.check(document);
        return several == null ? PreparedDocument.valid(text, document) : refused(text, several);
    }

    private static PreparedDocument refused(String text, Problem problem) {
        return PreparedDocument.invalid(text, List.of(GraphQlErrors.of(problem)));
    }

    /** The text that a client persisted under {@code hash}, or null. */
    @org.jspecify.annotations.Nullable
    String persisted(String hash) {
        return persisted.getIfPresent(hash);
    }

    /** Keeps {@code text} under {@code hash}; false when it is another text's. */
    boolean persist(String hash, String text) {
        if (!hash.equalsIgnoreCase(sha256(text))) {
            return false;
        }
        if (text.length() <= limits.maxCharacters()) {
            persisted.put(hash, text);
        }
        return true;
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
