package io.sluice.hub.transport;

import io.sluice.http.HttpRoutes;
import io.sluice.observe.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.security.SecureRandom;

/**
 * Webhooks: publications leave as signed requests to endpoints ({@code /v1/webhooks}), and signed requests of providers come
 * in as publications ({@code /v1/hooks}). An endpoint is one more reader of the log at a cursor.
 */
final class WebhookTransport implements Transport {
    private final Transports.Context context;
    private final WebhookMetrics metrics = new WebhookMetrics();
    private final WebhookTargets targets;
    private final WebhookSender sender;
    private final Webhooks webhooks;

    WebhookTransport(Transports.Context context) {
        this(context, InetAddress::getAllByName);
    }

    /** @param lookup finds the addresses of names */
    WebhookTransport(Transports.Context context, WebhookTargets.Lookup lookup) {
        this.context = context;
        var config = context.webhooks().get();
        var clock = context.hub().clock();
        targets = new WebhookTargets(config.allow(), lookup, config.timeout().toMillis());
        try {
            var tls = config.trustedCa() == null ? null : WebhookTrust.in(config.trustedCa());
            sender = new WebhookSender(config, targets, tls, clock);
        } catch (IOException unusable) {
            throw new UncheckedIOException("webhooks.trusted_ca: " + unusable.getMessage(), unusable);
        }
        webhooks = new Webhooks(
                new WebhookShared(
                        context.hub(),
                        context.webhooks(),
                        new WebhookStore(context.state()),
                        sender,
                        new WebhookSlots(config.maxInFlight(), config.maxInFlightPerHost()),
                        metrics,
                        clock,
                        context.draining(),
                        new SecureRandom()),
                context.loops());
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public void addTo(HttpRoutes routes) {
        new WebhookRoutes(context, webhooks, targets).addTo(routes.producing("application/json"));
        new WebhookReceiver(context, metrics).addTo(routes.producing("application/json"));
    }

    @Override
    public void export(Metrics registry) {
        metrics.export(registry, webhooks);
    }

    @Override
    public void start() {
        webhooks.start();
    }

    @Override
    public void close() {
        sender.close();
        targets.close();
    }
}
