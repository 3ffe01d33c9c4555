package io.sluice.bench;

/** How many bytecodes of ours were executed, on all threads together; {@link CountedClasses} counts them. */
public final class ExecutedBytecodes {
    public static long count;

    private ExecutedBytecodes() {}
}
