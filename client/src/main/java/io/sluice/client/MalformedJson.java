package io.sluice.client;

/** What came is not the JSON that the protocol promises. */
final class MalformedJson extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedJson(String message) {
        super(message, null, false, false);
    }
}
