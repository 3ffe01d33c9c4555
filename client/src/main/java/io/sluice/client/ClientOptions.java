package io.sluice.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What {@link SluiceClient.Builder} was told; its methods say what each means. */
record ClientOptions(
        @Nullable Supplier<String> tokens,
        @Nullable String user,
        List<Transport> transports,
        Duration timeout,
        Duration patience,
        Duration pollInterval,
        Duration firstWait,
        Duration longestWait,
        Duration climbAfter,
        int maxRetries,
        int buffer,
        int queue,
        Consumer<ConnectionState> onState,
        @Nullable Path folder,
        Consumer<Path> onUnreadable,
        Timing timing) {
    Backoff newBackoff() {
        return new Backoff(timing, firstWait, longestWait);
    }
}
