package io.sluice.graphql;

import graphql.language.Definition;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at a parsed document before it is validated, so that what is absurd costs no more than one walk over it. */
final class DocumentRules {
    private final Map<String, FragmentDefinition> fragments;
    private final Map<String, Integer> fragmentDepths = new HashMap<>();
    private int aliases;

    private DocumentRules(Map<String, FragmentDefinition> fragments) {
        this.fragments = fragments;
    }

    /** Null when {@code document} keeps the limits, else which one it breaks. Fragments that loop are left to the validation. */
    static @Nullable Problem check(Document document, int maxDepth, int maxAliases) {
        var rules = new DocumentRules(fragments(document));
        int depth = 0;
        for (Definition<?> definition : document.getDefinitions()) {
            switch (definition) {
                case OperationDefinition operation -> depth = Math.max(depth, rules.depth(operation.getSelectionSet()));
                case FragmentDefinition fragment -> depth = Math.max(depth, rules.depthOf(fragment.getName()));
                default -> {
                    return Problem.of(ClientError.BAD_REQUEST, "a query holds operations and fragments only");
                }
            }
        }
        if (depth > maxDepth) {
            return exceeded("the fields are nested " + depth + " deep, at most " + maxDepth + " are allowed", maxDepth);
        }
        return rules.aliases > maxAliases
                ? exceeded(rules.aliases + " aliases are more than the " + maxAliases + " allowed", maxAliases)
                : null;
    }

    static Problem exceeded(String what, long limit) {
        return Problem.of(ClientError.BAD_REQUEST, what).with("limit", limit);
    }

    static Map<String, FragmentDefinition> fragments(Document document) {
        var fragments = new HashMap<String, FragmentDefinition>();
        for (var fragment : document.getDefinitionsOfType(FragmentDefinition.class)) {
            fragments.put(fragment.getName(), fragment);
        }
        return fragments;
    }

    private int depth(@Nullable SelectionSet set) {
        int deepest = 0;
        if (set != null) {
            for (Selection<?> selection : set.getSelections()) {
                int depth = switch (selection) {
                    case Field field -> depth(field);
                    case InlineFragment fragment -> depth(fragment.getSelectionSet());
                    case FragmentSpread spread -> depthOf(spread.getName());
                    default -> 0;
                };
                deepest = Math.max(deepest, depth);
            }
        }
        return deepest;
    }

    private int depth(Field field) {
        if (field.getAlias() != null) {
            aliases++;
        }
        // Introspection is as deep as tools make it; graphql-java bounds it.
        return field.getName().startsWith("__") ? 1 : 1 + depth(field.getSelectionSet());
    }

    private int depthOf(String name) {
        var known = fragmentDepths.get(name);
        if (known != null) {
            return known;
        }
        fragmentDepths.put(name, 0); // what loops back to it
        var fragment = fragments.get(name);
        int depth = fragment == null ? 0 : depth(fragment.getSelectionSet());
        fragmentDepths.put(name, depth);
        return depth;
    }
}
