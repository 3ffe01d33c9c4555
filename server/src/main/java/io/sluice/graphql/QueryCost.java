package io.sluice.graphql;

import graphql.language.Argument;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.IntValue;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.VariableReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many fields an operation asks for at most: each counts one, and those below a paged field as often as its
 * {@code first} says. Introspection does not count, since graphql-java bounds it. For checked documents, which have no
 * fragments that loop.
 */
final class QueryCost {
    /** Where the count ends: this many or more. */
    static final long MOST = Integer.MAX_VALUE;

    private final Map<String, Integer> paged;
    private final Map<String, FragmentDefinition> fragments;
    private final Map<String, Object> variables;
    private final Map<String, Long> fragmentCosts = new HashMap<>();

    /**
     * @param paged the fields that give as many children as their {@code first} says, and how many they give without it
     */
    QueryCost(Map<String, Integer> paged, Map<String, FragmentDefinition> fragments, Map<String, Object> variables) {
        this.paged = paged;
        this.fragments = fragments;
        this.variables = variables;
    }

    long of(OperationDefinition operation) {
        return of(operation.getSelectionSet());
    }

    private long of(@Nullable SelectionSet set) {
        if (set == null) {
            return 0;
        }
        long sum = 0;
        for (Selection<?> selection : set.getSelections()) {
            sum += switch (selection) {
                case Field field -> of(field);
                case InlineFragment fragment -> of(fragment.getSelectionSet());
                case FragmentSpread spread -> ofFragment(spread.getName());
                default -> 0;
            };
        }
        return Math.min(MOST, sum);
    }

    private long of(Field field) {
        if (field.getName().startsWith("__")) {
            return 0;
        }
        var without = paged.get(field.getName());
        long times = without == null ? 1 : first(field, without);
        return Math.min(MOST, 1 + times * of(field.getSelectionSet()));
    }

    private long ofFragment(String name) {
        var known = fragmentCosts.get(name);
        if (known != null) {
            return known;
        }
        var fragment = fragments.get(name);
        long cost = fragment == null ? 0 : of(fragment.getSelectionSet());
        fragmentCosts.put(name, cost);
        return cost;
    }

    private long first(Field field, int without) {
        for (Argument argument : field.getArguments()) {
            if (argument.getName().equals("first")) {
                var value = argument.getValue();
                Object given = value instanceof VariableReference reference
                        ? variables.get(reference.getName())
                        : value instanceof IntValue literal ? literal.getValue() : null;
                return given instanceof Number number ? Math.clamp(number.longValue(), 1, MOST) : without;
            }
        }
        return without;
    }
}
