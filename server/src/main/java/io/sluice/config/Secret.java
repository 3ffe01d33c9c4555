package io.sluice.config;

import java.nio.charset.StandardCharsets;

/** Text that must not be shown: it prints as stars, so that it cannot end in a log line by accident. */
public record Secret(String reveal) {
    static final String MASK = "********";

    /** The secret's UTF-8 bytes. */
    public byte[] bytes() {
        return reveal.getBytes(StandardCharsets.UTF_8);
    }

    /** How many bytes it has. */
    int length() {
        return bytes().length;
    }

    @Override
    public String toString() {
        return MASK;
    }
}
