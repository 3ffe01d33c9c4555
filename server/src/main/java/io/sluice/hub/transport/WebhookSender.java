package io.sluice.hub.transport;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.sluice.config.Secret;
import io.sluice.config.WebhooksConfig;
import io.sluice.net.Clock;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts signed requests, each on a virtual thread. Nothing is followed, authenticated or remembered on its own; of an
 * answer its status and {@code Retry-After} are looked at, and at most {@link #MAX_ANSWER} bytes of its body read to keep the
 * connection. Connections are to addresses that {@link WebhookTargets} has checked. Thread-safe.
 */
final class WebhookSender implements WebhookCaller, AutoCloseable {
    static final int MAX_ANSWER = 16 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final int MAX_ANSWER_LINE = 8 << 10;
    private static final int MAX_ANSWER_FIELDS = 100;
    private static final ContentType JSON = ContentType.create("application/json");
    private static final TimeValue IDLE = TimeValue.ofSeconds(60);

    /** A connection that was kept alive may have ended just before it was used again: that is no attempt. */
    private static final HttpRequestRetryStrategy ONCE_MORE = new HttpRequestRetryStrategy() {
        @Override
        public boolean retryRequest(HttpRequest request, IOException failure, int times, HttpContext context) {
            return times == 1 && failure instanceof NoHttpResponseException;
        }

        @Override
        public boolean retryRequest(HttpResponse response, int times, HttpContext context) {
            return false;
        }

        @Override
        public TimeValue getRetryInterval(HttpResponse response, int times, HttpContext context) {
            return TimeValue.ZERO_MILLISECONDS;
        }
    };

    private final WebhooksConfig config;
    private final WebhookTargets targets;
    private final @Nullable SSLContext tls;
    private final Clock clock;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("sluice-webhook-", 0).factory());
    /** Made when it is first needed: a server without webhooks starts sooner without. Guarded by this. */
    private @Nullable CloseableHttpClient client;

    private volatile boolean closed;

    /** @param tls null for the certificates that the JDK trusts */
    WebhookSender(WebhooksConfig config, WebhookTargets targets, @Nullable SSLContext tls, Clock clock) {
        this.config = config;
        this.targets = targets;
        this.tls = tls;
        this.clock = clock;
    }

    private synchronized CloseableHttpClient client() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        var known = client;
        if (known == null) {
            known = newClient();
            client = known;
        }
        return known;
    }

    private CloseableHttpClient newClient() {
        var timeout = Timeout.of(config.timeout());
        var http = Http1Config.custom()
                .setMaxLineLength(MAX_ANSWER_LINE)
                .setMaxHeaderCount(MAX_ANSWER_FIELDS)
                .build();
        var connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(targets)
                .setTlsSocketStrategy(
                        tls == null ? DefaultClientTlsStrategy.createDefault() : new DefaultClientTlsStrategy(tls))
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(http)
                        .build())
                .setDefaultTlsConfig(
                        TlsConfig.custom().setHandshakeTimeout(timeout).build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(timeout)
                        .setSocketTimeout(timeout)
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                        .setTimeToLive(TimeValue.ofMinutes(10))
                        .build())
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnTotal(config.maxInFlight())
                .setMaxConnPerRoute(config.maxInFlightPerHost())
                .build();
        return HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(timeout)
                        .setResponseTimeout(timeout)
                        .setConnectionKeepAlive(IDLE)
                        .setProtocolUpgradeEnabled(false)
                        .setAuthenticationEnabled(false)
                        .setRedirectsEnabled(false)
                        .build())
                .setUserAgent("Sluice")
                .disableAuthCaching()
                .setRetryStrategy(ONCE_MORE)
                .disableConnectionState()
                .disableContentCompression()
                .disableCookieManagement()
                .disableRedirectHandling()
                .evictIdleConnections(IDLE)
                .build();
    }

    /**
     * What is to be posted.
     *
     * @param id the same for every attempt
     * @param secrets each of them signs
     */
    record Request(URI url, String id, List<Secret> secrets, byte[] body) {}

    /** What came of an attempt. */
    sealed interface Result {
        record Answered(int status, @Nullable Duration retryAfter) implements Result {}

        record Failed(Failure failure) implements Result {}
    }

    /** Why there was no answer; the words of the metric. */
    enum Failure {
        TIMEOUT,
        DNS,
        ADDRESS_REFUSED,
        UNREACHABLE,
        TLS,
        BROKEN
    }

    private final class Attempt implements Call {
        private final Request request;
        private final HttpPost post;
        private volatile boolean cancelled;
        private volatile @Nullable Result head;

        private Attempt(Request request) {
            this.request = request;
            this.post = new HttpPost(request.url);
        }

        @Override
        public void cancel() {
            cancelled = true;
            post.cancel();
        }

        private Result run() {
            try {
                long seconds = Math.floorDiv(clock.millis(), 1000L);
                post.setHeader("webhook-id", request.id);
                post.setHeader("webhook-timestamp", Long.toString(seconds));
                post.setHeader("webhook-signature", signatures(request, seconds));
                post.setEntity(new ByteArrayEntity(request.body, JSON));
                client().execute(post, response -> {
                    head = answered(response);
                    if (!discard(response)) {
                        post.cancel(); // closing it would read the rest first
                    }
                    return null;
                });
            } catch (IOException | RuntimeException failure) {
                var known = head;
                return known != null ? known : new Result.Failed(cancelled ? Failure.TIMEOUT : cause(failure));
            }
            var known = head;
            return known != null ? known : new Result.Failed(Failure.BROKEN);
        }
    }

    @Override
    public Call send(Request request, Consumer<Result> result) {
        var attempt = new Attempt(request);
        try {
            threads.execute(() -> {
                var ended = attempt.run();
                if (!closed) {
                    result.accept(ended); // else it ended because of that, and nobody waits for it
                }
            });
        } catch (RejectedExecutionException closing) {
            LOG.debug("closed: nothing more is sent");
        }
        return attempt;
    }

    private Result answered(ClassicHttpResponse response) {
        var after = response.getFirstHeader("retry-after");
        return new Result.Answered(response.getCode(), after == null ? null : wait(after.getValue()));
    }

    /** Reads what little may follow; false when it is more. */
    private static boolean discard(ClassicHttpResponse response) throws IOException {
        var entity = response.getEntity();
        if (entity == null) {
            return true;
        }
        var scratch = new byte[1024];
        int left = MAX_ANSWER;
        var body = entity.getContent();
        for (int read = 0; read >= 0 && left > 0; left -= Math.max(0, read)) {
            read = body.read(scratch, 0, Math.min(scratch.length, left));
        }
        return left > 0;
    }

    /** RFC 9110 section 10.2.3: seconds or a date; null for anything else. */
    private @Nullable Duration wait(String text) {
        if (text.matches("[0-9]{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            var until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            var wait = Duration.between(clock.now(), until.toInstant());
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException neither) {
            return null;
        }
    }

    private static String signatures(Request request, long seconds) {
        var text = new String(request.body, StandardCharsets.UTF_8);
        var signatures = new StringJoiner(" ");
        for (var secret : request.secrets) {
            try {
                signatures.add(new Webhook(secret.reveal()).sign(request.id, seconds, text));
            } catch (EmptyWebhookSecretException | WebhookSigningException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        return signatures.toString();
    }

    private static Failure cause(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            switch (at) {
                case WebhookTargets.AddressRefused refused -> {
                    return Failure.ADDRESS_REFUSED;
                }
                case UnknownHostException unknown -> {
                    return Failure.DNS;
                }
                case SSLException tls -> {
                    return Failure.TLS;
                }
                case SocketTimeoutException slow -> {
                    return Failure.TIMEOUT;
                }
                case ConnectException refused -> {
                    return Failure.UNREACHABLE;
                }
                case NoRouteToHostException nowhere -> {
                    return Failure.UNREACHABLE;
                }
                case HttpException notHttp -> {
                    return Failure.BROKEN;
                }
                default -> {
                    // Perhaps its cause says more.
                }
            }
        }
        return Failure.BROKEN;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.close(CloseMode.IMMEDIATE);
        }
        threads.shutdownNow();
    }
}
