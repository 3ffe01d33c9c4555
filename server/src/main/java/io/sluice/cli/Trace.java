package io.sluice.cli;

import java.util.EnumMap;
import java.util.Map;

/**
 * Where the time of one request went.
 *
 * @param nanos by phase; without TLS that phase is absent
 * @param bytes of the answer's body
 * @param protocol of TLS, empty without
 */
record Trace(Map<Phase, Long> nanos, int status, long bytes, String remote, String protocol) {
    /** One after the other. */
    enum Phase {
        DNS("dns", "the name's addresses"),
        TCP("tcp", "connected"),
        TLS("tls", "keys agreed, certificate checked"),
        REQUEST("request", "sent"),
        SERVER("server", "until the first byte of the answer"),
        TRANSFER("transfer", "until its last byte");

        private final String label;
        private final String meaning;

        Phase(String label, String meaning) {
            this.label = label;
            this.meaning = meaning;
        }

        String label() {
            return label;
        }

        String meaning() {
            return meaning;
        }
    }

    Trace {
        nanos = new EnumMap<>(nanos);
    }

    long total() {
        return nanos.values().stream().mapToLong(Long::longValue).sum();
    }
}
