package io.sluice.bench;

/**
 * What one turn of one server gave.
 *
 * @param deliveries messages received by all subscribers together
 * @param seconds from the first publish to the last delivery
 * @param serverCpuSeconds user and kernel time of the server process
 * @param clientCpuSeconds the same of the load generator: near {@code seconds}, it is the limit and not the server
 * @param clientSleeps how often the load generator went to sleep: so many sends, at most, had to wake it
 * @param bytesEach bytes that the readers' connections carried, both ways, per delivery
 * @param lost published for a subscriber and not received
 * @param disordered received out of order, and gaps announced
 */
public record FanoutSample(
        String server,
        long deliveries,
        double seconds,
        double serverCpuSeconds,
        double clientCpuSeconds,
        long clientSleeps,
        double bytesEach,
        long lost,
        long disordered,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        double maxMillis) {

    public double perSecond() {
        return deliveries / seconds;
    }

    public double perCpuSecond() {
        return deliveries / Math.max(serverCpuSeconds, 0.01);
    }

    /** The clocks when a turn began. */
    record Start(long startNanos, double serverCpuSeconds, double clientCpuSeconds, long clientSleeps) {}
}
