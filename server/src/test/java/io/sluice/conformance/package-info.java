/** What the suites and clients that others wrote say of a server. */
@org.jspecify.annotations.NullMarked
package io.sluice.conformance;
