package io.sluice.testkit;

import org.jspecify.annotations.Nullable;

/**
 * Any reader of channels, whatever its protocol: it gives publications and gaps in the order in which it learned of them,
 * and the cursor after each. Reads when it is asked to; every wait has a deadline. Not thread-safe.
 */
public interface TestClient extends AutoCloseable {

    /** What a reader learned. */
    sealed interface Received {
        String channel();

        /** The cursor after this; null where more of the same answer must be taken first. */
        @Nullable
        String cursor();

        /** @param data the publication's data as JSON text */
        record Message(
                String channel,
                String position,
                String data,
                @Nullable String cursor) implements Received {
            public long offset() {
                return Long.parseLong(position.substring(position.indexOf('.') + 1));
            }
        }

        /** Both ends are included. */
        record Missing(
                String channel,
                String from,
                String to,
                @Nullable String cursor) implements Received {}
    }

    /** Waits for the next publication or gap; {@link ReaderEnded} or {@link ReaderRefused} when the server lets it go. */
    Received next();

    /** Where this reader stands before it has received anything. */
    String startCursor();

    @Override
    void close();
}
