package io.sluice.graphql;

import graphql.GraphQLError;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Node;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.VariableReference;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A query text that was parsed and checked, or why it may not be executed. Immutable, shared by all who send this text. */
final class PreparedDocument {
    final String text;
    final @Nullable Document document;
    final List<? extends GraphQLError> errors;
    final Map<String, FragmentDefinition> fragments;

    private PreparedDocument(String text, @Nullable Document document, List<? extends GraphQLError> errors) {
        this.text = text;
        this.document = document;
        this.errors = errors;
        this.fragments = document == null ? Map.of() : DocumentRules.fragments(document);
    }

    static PreparedDocument valid(String text, Document document) {
        return new PreparedDocument(text, document, List.of());
    }

    static PreparedDocument invalid(String text, List<? extends GraphQLError> errors) {
        return new PreparedDocument(text, null, errors);
    }

    /** The operation of this name, or the only one; null when there is none such. */
    @Nullable
    OperationDefinition operation(@Nullable String name) {
        OperationDefinition found = null;
        if (document != null) {
            for (var operation : document.getDefinitionsOfType(OperationDefinition.class)) {
                if (name == null ? found != null : false) {
                    return null;
                }
                if (name == null || name.equals(operation.getName())) {
                    found = operation;
                }
            }
        }
        return found;
    }

    /**
     * The variables of a subscription that its events depend on: all but those that only say what to subscribe to, in the
     * arguments of its one root field.
     */
    Set<String> variablesOfEvents(OperationDefinition subscription) {
        var names = new HashSet<String>();
        belowRoot(subscription.getSelectionSet(), names, new HashSet<>());
        return names;
    }

    private void belowRoot(SelectionSet root, Set<String> names, Set<String> seen) {
        for (Selection<?> selection : root.getSelections()) {
            switch (selection) {
                case Field field -> {
                    if (field.getSelectionSet() != null) {
                        collect(field.getSelectionSet(), names, seen);
                    }
                }
                case InlineFragment fragment -> belowRoot(fragment.getSelectionSet(), names, seen);
                case FragmentSpread spread -> {
                    var fragment = fragments.get(spread.getName());
                    if (fragment != null && seen.add(spread.getName())) {
                        belowRoot(fragment.getSelectionSet(), names, seen);
                    }
                }
                default -> {}
            }
        }
    }

    private void collect(Node<?> node, Set<String> names, Set<String> seen) {
        if (node instanceof VariableReference reference) {
            names.add(reference.getName());
        } else if (node instanceof FragmentSpread spread && seen.add(spread.getName())) {
            var fragment = fragments.get(spread.getName());
            if (fragment != null) {
                collect(fragment.getSelectionSet(), names, seen);
            }
        }
        for (Node<?> child : node.getChildren()) {
            collect(child, names, seen);
        }
    }
}
