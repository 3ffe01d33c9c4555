package io.sluice.fuzz;

/**
 * Takes an input as a peer might send it, and throws when a property does not hold. Made once for many inputs; what one input
 * leaves behind must make no difference to the next.
 */
@FunctionalInterface
public interface FuzzTarget {
    void run(byte[] input);

    /** Fails with {@code broken} unless the property holds. */
    static void check(boolean holds, String broken) {
        if (!holds) {
            throw new AssertionError(broken);
        }
    }
}
