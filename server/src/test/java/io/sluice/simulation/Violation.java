package io.sluice.simulation;

/** A promise that was not kept. */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String promise, String what) {
        super(promise + ": " + what);
    }

    static void unless(boolean kept, String promise, String what) {
        if (!kept) {
            throw new Violation(promise, what);
        }
    }
}
