package io.sluice.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import graphql.language.OperationDefinition;
import graphql.parser.Parser;
import org.junit.jupiter.api.Test;

/** What is known of a document before it runs. */
final class PreparedDocumentTest {
    /** Else the work would double with every level. */
    @Test
    void fragmentsThatSpreadOthersTwiceAreLookedAtOnce() {
        var text = new StringBuilder("subscription ($c: [String!]!, $n: Boolean!) {...F0}");
        for (int i = 0; i < 60; i++) {
            var next = "...F" + (i + 1);
            text.append(" fragment F" + i + " on Subscription {" + next + " " + next + "}");
        }
        text.append(" fragment F60 on Subscription {messages(channels: $c) {data @include(if: $n)}}");
        var document = Parser.parse(text.toString());
        var subscription =
                document.getDefinitionsOfType(OperationDefinition.class).getFirst();

        var variables = PreparedDocument.valid(text.toString(), document).variablesOfEvents(subscription);

        assertThat(variables).containsExactly("n");
    }
}
