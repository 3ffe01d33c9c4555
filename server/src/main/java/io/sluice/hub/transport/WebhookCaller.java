package io.sluice.hub.transport;

import io.sluice.hub.transport.WebhookSender.Request;
import io.sluice.hub.transport.WebhookSender.Result;
import java.util.function.Consumer;

/** Calls endpoints: {@link WebhookSender} over HTTP, and the simulator as it likes. Thread-safe. */
interface WebhookCaller {
    /** A call that is under way. */
    interface Call {
        /** Ends it; its result is a timeout unless the head of an answer has come. Any thread. */
        void cancel();
    }

    /** Begins a call; {@code result} runs once, on any thread, unless the caller was closed. */
    Call send(Request request, Consumer<Result> result);
}
