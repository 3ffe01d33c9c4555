package io.sluice.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Follows channels over one protocol. Keeps its cursor from one connection to the next. */
interface Tail {
    /**
     * Connects where the last connection ended and follows until {@code sink} wants no more.
     *
     * @param healthy is run when the server has answered well
     * @throws Broken when the connection ended
     */
    void follow(Sink sink, Runnable healthy) throws Broken, InterruptedException;

    /** Takes what comes. */
    interface Sink {
        /** One publication in JSON; {@code raw} is its text. */
        void message(JsonNode publication, String raw);

        /** A range that is lost. */
        void gap(String channel, String from, String to);

        /** True when enough has come. */
        boolean isFull();
    }

    /** The connection ended, or was refused. */
    final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean last;
        private final transient @Nullable Duration retryAfter;

        private Broken(String reason, boolean last, @Nullable Duration retryAfter) {
            super(reason, null, false, false);
            this.last = last;
            this.retryAfter = retryAfter;
        }

        /** Worth another try. */
        static Broken passing(String reason) {
            return new Broken(reason, false, null);
        }

        /** What {@code status} means: 429 and 5xx pass, other refusals do not. */
        static Broken refused(int status, String body, @Nullable String retryAfter) {
            boolean passes = status == 429 || status == 408 || status >= 500;
            return new Broken(Json.problem(status, body), !passes, seconds(retryAfter));
        }

        static Broken forever(String reason) {
            return new Broken(reason, true, null);
        }

        String reason() {
            return String.valueOf(getMessage());
        }

        boolean isFinal() {
            return last;
        }

        @Nullable
        Duration retryAfter() {
            return retryAfter;
        }

        private static @Nullable Duration seconds(@Nullable String field) {
            return field != null && field.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(field)) : null;
        }
    }
}
