package io.sluice.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.parser.Parser;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a query is held to cost, before anything is executed. */
final class QueryLimitsTest {
    @Test
    void everyFieldCostsOneAndThoseBelowAPageAsOftenAsItSays() {
        assertThat(cost("{a b {c d}}", Map.of())).isEqualTo(4);
        assertThat(cost("{page(first: 5) {a b}}", Map.of())).isEqualTo(11);
        assertThat(cost("{page {a}}", Map.of())).as("without first").isEqualTo(101);
        assertThat(cost("query($n: Int) {page(first: $n) {a}}", Map.of("n", 7))).isEqualTo(8);
        assertThat(cost("{page(first: 10) {page(first: 10) {a}}}", Map.of())).isEqualTo(111);
    }

    @Test
    void fragmentsCostWhereverTheyAreSpread() {
        assertThat(cost("{x: a {...F} y: a {...F} ... on Q {b}} fragment F on Q {c d}", Map.of()))
                .isEqualTo(7);
    }

    @Test
    void theCostOfFragmentsThatDoubleIsCountedWithoutWalkingThem() {
        var query = new StringBuilder("{...F0}");
        for (int i = 0; i < 100; i++) {
            query.append(" fragment F%d on Q {a {...F%d} b {...F%d}}".formatted(i, i + 1, i + 1));
        }
        query.append(" fragment F100 on Q {c}");

        assertThat(cost(query.toString(), Map.of())).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void introspectionCostsNothingAndIsNotDeep() {
        var query = "{__schema {types {fields {type {ofType {ofType {name}}}}}} __typename}";

        assertThat(cost(query, Map.of())).isZero();
        assertThat(DocumentRules.check(document(query), 1, 0)).isNull();
    }

    @Test
    void fragmentsThatLoopAreNotFollowedForEver() {
        var looping = document("{...A} fragment A on Q {a {...B}} fragment B on Q {b {...A}}");

        assertThat(DocumentRules.check(looping, 100, 0)).isNull();
    }

    private static long cost(String query, Map<String, Object> variables) {
        var document = document(query);
        var operation = document.getDefinitionsOfType(OperationDefinition.class).getFirst();
        return new QueryCost(Map.of("page", 100), DocumentRules.fragments(document), variables).of(operation);
    }

    private static Document document(String query) {
        return new Parser().parseDocument(query);
    }
}
