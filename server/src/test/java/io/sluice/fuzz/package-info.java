/**
 * Fuzzing of everything that reads what peers send: {@code ./sluice fuzz}, and a bounded run with the tests. A target is one class
 * beside what it fuzzes, and one line in {@link io.sluice.fuzz.FuzzTargets}.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.fuzz;
