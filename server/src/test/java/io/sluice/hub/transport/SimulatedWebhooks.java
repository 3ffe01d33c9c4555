package io.sluice.hub.transport;

import io.sluice.config.Secret;
import io.sluice.config.WebhookConfig;
import io.sluice.config.WebhooksConfig;
import io.sluice.hub.transport.WebhookSender.Failure;
import io.sluice.hub.transport.WebhookSender.Request;
import io.sluice.hub.transport.WebhookSender.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** The one webhook of a simulated server, whose calls reach an endpoint of the simulation. */
public final class SimulatedWebhooks {
    private static final String NAME = "hook";
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";

    private final Webhooks webhooks;

    /** A call as its endpoint sees it. It ends once: by one of these, or because the server waits no longer. */
    public static final class Call implements WebhookCaller.Call {
        private final Request request;
        private final Consumer<Result> result;
        private boolean over;

        private Call(Request request, Consumer<Result> result) {
            this.request = request;
            this.result = result;
        }

        public byte[] body() {
            return request.body();
        }

        /** True once it has ended. */
        public boolean isOver() {
            return over;
        }

        public void answer(int status) {
            end(new Result.Answered(status, null));
        }

        /** The connection breaks before an answer has come. */
        public void breakOff() {
            end(new Result.Failed(Failure.BROKEN));
        }

        @Override
        public void cancel() {
            end(new Result.Failed(Failure.TIMEOUT));
        }

        private void end(Result how) {
            if (!over) {
                over = true;
                result.accept(how);
            }
        }
    }

    /**
     * Starts the webhook on a server.
     *
     * @param channels what it delivers, from the oldest on
     * @param endpoint gets each call as it begins
     */
    public SimulatedWebhooks(
            Transports.Context context, List<String> channels, Random random, Consumer<Call> endpoint) {
        var config = config(channels);
        WebhookCaller caller = (request, result) -> {
            var call = new Call(request, result);
            endpoint.accept(call);
            return call;
        };
        webhooks = new Webhooks(
                new WebhookShared(
                        context.hub(),
                        () -> config,
                        new WebhookStore(context.state()),
                        caller,
                        new WebhookSlots(config.maxInFlight(), config.maxInFlightPerHost()),
                        new WebhookMetrics(),
                        context.hub().clock(),
                        context.draining(),
                        random),
                context.loops());
        webhooks.start();
    }

    private static WebhooksConfig config(List<String> channels) {
        var defaults = new WebhooksConfig();
        var hook = new WebhookConfig(channels, "http://endpoint.example/", List.of(new Secret(SECRET)), "earliest");
        return new WebhooksConfig(
                Map.of(NAME, hook),
                Map.of(),
                List.of(),
                null,
                1,
                1,
                1,
                defaults.timeout(),
                Duration.ofMillis(500),
                Duration.ofSeconds(4),
                defaults.retryAge(),
                defaults.maxDead(),
                defaults.maxDeadSize());
    }

    /** Where the endpoint stands, as far as that is stored; {@code earliest} before it has begun. */
    public String cursor() {
        var webhook = webhooks.find(NAME);
        return webhook == null ? "earliest" : webhook.state().cursor();
    }

    /** Lets it read nothing more. */
    public void pause() {
        var webhook = webhooks.find(NAME);
        if (webhook != null) {
            webhooks.pause(webhook, true, refused -> {});
        }
    }
}
