package io.sluice.bench.compare;

/**
 * How much of everything.
 *
 * @param subscribers of the fan-out rows
 * @param perSecond messages a second of the paced row: what the slowest peer can keep up with
 * @param rounds turns of each peer, there and back
 * @param seconds of a turn
 * @param warmupCpuSeconds of each server before its first turn
 * @param idleConnections readers while nothing is published
 * @param idleSeconds how long they are idle
 * @param returning readers that are cut at once
 * @param calmSeconds before readers are cut, and after all are back
 * @param transportReaders readers of each of our own transports
 * @param cuts how often those are cut
 */
record Scale(
        int subscribers,
        double perSecond,
        int rounds,
        double seconds,
        double warmupCpuSeconds,
        int idleConnections,
        int idleSeconds,
        int returning,
        double calmSeconds,
        int transportReaders,
        int cuts) {
    static final Scale FULL = new Scale(1_000, 50, 4, 3, 5, 5_000, 5, 1_000, 3, 100, 5);
    static final Scale QUICK = new Scale(100, 50, 2, 0.5, 0.5, 200, 1, 100, 1, 10, 1);
}
