/**
 * GraphQL requests as values: reading, limits, execution by graphql-java, answers as JSON. Knows no schema and no transport.
 * Allowed neighbours: http and below.
 */
@NullMarked
package io.sluice.graphql;

import org.jspecify.annotations.NullMarked;
