package io.sluice.config;

import java.time.Duration;

/**
 * How fast and how far the server fills up. Beyond it new sessions get 503 with a Retry-After that sends each of them back
 * at a time of its own, together at the rate of {@code sessions}; those that are in stay in.
 *
 * @param sessions new sessions
 * @param maxSessions how many sessions may be open at once
 * @param maxMemoryPercent how much of the heap may be live, or of the direct memory in use, before no session is let in
 */
public record AdmissionConfig(Rate sessions, int maxSessions, int maxMemoryPercent) {
    public AdmissionConfig() {
        this(Rate.per(1_000, Duration.ofSeconds(1)), 100_000, 90);
    }

    public AdmissionConfig {
        if (maxSessions < 1) {
            throw new IllegalArgumentException("max_sessions: must be at least 1");
        }
        if (maxMemoryPercent < 1 || maxMemoryPercent > 100) {
            throw new IllegalArgumentException("max_memory_percent: must be 1 to 100");
        }
    }
}
