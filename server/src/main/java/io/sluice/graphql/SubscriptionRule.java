package io.sluice.graphql;

import graphql.language.DirectivesContainer;
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
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A subscription has one field at its root, whatever its variables are (GraphQL, section 5.2.4.1): none that may be left out, and
 * none of introspection. For documents that are valid otherwise.
 */
final class SubscriptionRule {
    private final Map<String, FragmentDefinition> fragments;
    /** Each is looked at once: those that spread others twice would double the work with every level. */
    private final Set<String> spread = new HashSet<>();

    private final Set<String> names = new HashSet<>();
    private boolean conditional;
    private boolean introspection;

    private SubscriptionRule(Map<String, FragmentDefinition> fragments) {
        this.fragments = fragments;
    }

    /** Null when every subscription of {@code document} keeps it, else what is wrong. */
    static @Nullable Problem check(Document document) {
        var fragments = DocumentRules.fragments(document);
        for (var operation : document.getDefinitionsOfType(OperationDefinition.class)) {
            if (operation.getOperation() == OperationDefinition.Operation.SUBSCRIPTION) {
                var rule = new SubscriptionRule(fragments);
                rule.collect(operation.getSelectionSet());
                if (rule.conditional) {
                    return broken("the field of a subscription cannot be left out by @skip or @include");
                }
                if (rule.introspection || rule.names.size() != 1) {
                    return broken("a subscription has one field, and none of introspection beside it");
                }
            }
        }
        return null;
    }

    private static Problem broken(String what) {
        return Problem.of(ClientError.BAD_REQUEST, what);
    }

    private void collect(SelectionSet set) {
        for (Selection<?> selection : set.getSelections()) {
            if (selection instanceof DirectivesContainer<?> container) {
                conditional |= container.hasDirective("skip") || container.hasDirective("include");
            }
            switch (selection) {
                case Field field -> {
                    names.add(field.getResultKey());
                    introspection |= field.getName().startsWith("__");
                }
                case InlineFragment fragment -> collect(fragment.getSelectionSet());
                case FragmentSpread use -> {
                    if (spread.add(use.getName())) {
                        collect(Objects.requireNonNull(fragments.get(use.getName()))
                                .getSelectionSet());
                    }
                }
                default -> {}
            }
        }
    }
}
