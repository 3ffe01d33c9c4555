package io.sluice.hub;

import io.sluice.http.Problem;

/** A value, or why there is none. */
public sealed interface Outcome<T> {
    record Done<T>(T value) implements Outcome<T> {}

    record Refused<T>(Problem problem) implements Outcome<T> {}
}
