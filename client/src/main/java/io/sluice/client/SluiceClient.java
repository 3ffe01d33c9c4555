package io.sluice.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of one Sluice server, or of several behind one address.
 *
 * <p>While anything is subscribed to it keeps one connection, over the best transport that gets through, and makes it anew where it
 * was: in order per channel, nothing skipped without a {@link Gap}, nothing twice. Publishing and asking are plain HTTP calls
 * beside it. Thread-safe; make one and share it.
 */
public final class SluiceClient implements AutoCloseable {
    private final Endpoint endpoint;
    private final HttpClient http;
    private final boolean ownsHttp;
    private final Publisher publisher;
    private final Outbox outbox;
    private final Subscriptions subscriptions = new Subscriptions();
    private final Receiver receiver;
    private final ClientOptions options;
    private final @Nullable ClientFolder folder;
    private final Thread receiving;

    private SluiceClient(Builder builder) {
        options = builder.options();
        folder = options.folder() == null ? null : ClientFolder.open(options.folder(), options.onUnreadable());
        ownsHttp = builder.http == null;
        http = builder.http == null ? builder.ownHttp() : builder.http;
        endpoint = new Endpoint(builder.server, http, options);
        publisher = new Publisher(endpoint);
        outbox = new Outbox(publisher, options, folder);
        receiver = new Receiver(endpoint, subscriptions, options, folder, outbox::wake);
        receiving = Thread.ofVirtual().name("sluice-receive").start(receiver);
        try {
            outbox.restore();
        } catch (RuntimeException unreadable) {
            close();
            throw unreadable;
        }
    }

    /** A client of the server at this address, such as {@code http://127.0.0.1:8080}. Connects when it is first needed. */
    public static SluiceClient connect(String server) {
        return at(server).connect();
    }

    /** The same with settings. */
    public static Builder at(String server) {
        return new Builder(URI.create(server));
    }

    /** A channel by its name; the server checks the name. */
    public SluiceChannel channel(String name) {
        return new SluiceChannel(name, this);
    }

    /** Publishes to a user's own channel, {@code user:<id>}. */
    public Published direct(String user, Draft draft) {
        return publisher.patiently(Publisher.Target.user(user), draft);
    }

    /** The same, queued like {@link SluiceChannel#publishLater}. */
    public CompletableFuture<Published> directLater(String user, Draft draft) {
        return outbox.add(Publisher.Target.user(user), draft);
    }

    /** Where the connection stands now. */
    public ConnectionState state() {
        return receiver.state();
    }

    /** Tries at once: ends the wait between two connections, and those of {@code publishLater}. {@code Failed} stays. */
    public void retry() {
        receiver.retry();
        outbox.wake();
    }

    /** Goes on over these transports only, best first; without any, over those of the builder. Nothing is lost or repeated by it. */
    public void useTransports(Transport... allowed) {
        receiver.use(allowed.length == 0 ? options.transports() : Builder.checked(allowed));
    }

    /** What {@code publishLater} has queued and the server has not answered, oldest first. */
    public List<Draft> unsent() {
        return outbox.drafts();
    }

    /**
     * Ends all subscriptions and the queue, without waiting for what is unsent, and frees everything. With a folder
     * ({@link Builder#keepIn}) what is unsent stays there.
     */
    @Override
    public void close() {
        subscriptions.end(Problems.closed(), true);
        outbox.close();
        receiving.interrupt();
        try {
            if (Thread.currentThread() != receiving) {
                receiving.join(options.timeout());
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        if (ownsHttp) {
            http.shutdownNow();
        }
        if (folder != null) {
            folder.close();
        }
    }

    Subscription subscribe(String channel, String after, @Nullable SubscriptionListener listener) {
        if (after.isBlank()) {
            throw new IllegalArgumentException("after must be a position, earliest or latest");
        }
        var subscription = new Subscription(channel, after, listener != null, options.buffer(), subscriptions);
        subscriptions.add(subscription);
        if (listener != null) {
            Thread.ofVirtual().name("sluice-listener").start(() -> subscription.listen(listener));
        }
        return subscription;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    Publisher publisher() {
        return publisher;
    }

    Outbox outbox() {
        return outbox;
    }

    /** Settings of a client; each has a default. Not thread-safe. */
    public static final class Builder {
        private final URI server;
        private @Nullable HttpClient http;
        private @Nullable Supplier<String> tokens;
        private @Nullable String user;
        private List<Transport> transports = List.of(Transport.values());
        private Duration timeout = Duration.ofSeconds(15);
        private Duration patience = Duration.ofSeconds(30);
        private Duration pollInterval = Duration.ofSeconds(1);
        private Duration firstWait = Duration.ofSeconds(1);
        private Duration longestWait = Duration.ofSeconds(30);
        private Duration climbAfter = Duration.ofMinutes(1);
        private @Nullable Path folder;
        private Consumer<Path> onUnreadable = file -> {};
        private int maxRetries = 100;
        private int buffer = 256;
        private int queue = 1_000;
        private Consumer<ConnectionState> onState = state -> {};
        private Timing timing = Timing.SYSTEM;

        private Builder(URI server) {
            var scheme = String.valueOf(server.getScheme());
            if (server.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
                throw new IllegalArgumentException("the server must look like http://127.0.0.1:8080, not " + server);
            }
            this.server = server;
        }

        /** A token (JWT) or an API key that does not change. */
        public Builder token(String token) {
            return tokens(() -> token);
        }

        /**
         * Where tokens come from: asked when one is first needed, again when the server says that it will expire soon, and when
         * it is refused. May block; what it throws makes the client try again later.
         */
        public Builder tokens(Supplier<String> supplier) {
            tokens = supplier;
            return this;
        }

        /** Who this is, for servers with {@code auth.mode: none}, which believe it. */
        public Builder user(String id) {
            user = id;
            return this;
        }

        /** The transports that may be used, best first (all). */
        public Builder transports(Transport... allowed) {
            transports = checked(allowed);
            return this;
        }

        private static List<Transport> checked(Transport... allowed) {
            if (allowed.length == 0 || EnumSet.copyOf(List.of(allowed)).size() != allowed.length) {
                throw new IllegalArgumentException("there must be transports, each once");
            }
            return List.of(allowed);
        }

        /** How long one connect, or one answer, may take (15 s). */
        public Builder timeout(Duration time) {
            timeout = positive("timeout", time);
            return this;
        }

        /** How long a call is tried again before it fails (30 s); with zero it is sent once. */
        public Builder patience(Duration time) {
            patience = time;
            return this;
        }

        /** The pause between short polls that bring nothing (1 s). */
        public Builder pollInterval(Duration time) {
            pollInterval = positive("pollInterval", time);
            return this;
        }

        /**
         * The ceilings of the waits between attempts: of the first (1 s), doubled with each failure, and of all (30 s). The waits
         * themselves are drawn at random below.
         */
        public Builder backoff(Duration first, Duration cap) {
            firstWait = positive("first", first);
            longestWait = positive("cap", cap);
            return this;
        }

        /** How long to stay on a lower transport before a better one is tried (1 min); later every ten. */
        public Builder climbAfter(Duration time) {
            climbAfter = positive("climbAfter", time);
            return this;
        }

        /**
         * A folder in which {@code publishLater} writes a message down before it returns, so that it survives the process: the
         * next client with this folder sends it, with its idempotency key. It belongs to one client at a time, of one server
         * and one user; {@link #connect()} throws where another has it. The transport that works is remembered there too,
         * for an hour.
         */
        public Builder keepIn(Path folder) {
            this.folder = folder;
            return this;
        }

        /**
         * Told, by {@link #connect()}, of each message in the folder that cannot be read: under which name it was set aside. The
         * newest 100 are kept.
         */
        public Builder onUnreadable(Consumer<Path> listener) {
            onUnreadable = listener;
            return this;
        }

        /** After how many failed connections in a row the client gives up, for good (100, three quarters of an hour). */
        public Builder maxRetries(int count) {
            maxRetries = count;
            return this;
        }

        /** How many events a subscription holds for its reader before the client stops reading (256). */
        public Builder buffer(int events) {
            if (events < 1) {
                throw new IllegalArgumentException("buffer must be at least 1, not " + events);
            }
            buffer = events;
            return this;
        }

        /** How many messages {@code publishLater} queues at most (1,000). */
        public Builder queue(int messages) {
            queue = messages;
            return this;
        }

        /** Told of every change of {@link SluiceClient#state()}, on the connection's thread: must not block. */
        public Builder onState(Consumer<ConnectionState> listener) {
            onState = listener;
            return this;
        }

        /** The HTTP client to use, with TLS settings or a proxy of its own; it is not closed with this client. */
        public Builder httpClient(HttpClient client) {
            http = client;
            return this;
        }

        Builder timing(Timing replaced) {
            timing = replaced;
            return this;
        }

        /** Makes the client. Nothing is sent yet. */
        public SluiceClient connect() {
            return new SluiceClient(this);
        }

        ClientOptions options() {
            return new ClientOptions(
                    tokens,
                    user,
                    transports,
                    timeout,
                    patience,
                    pollInterval,
                    firstWait,
                    longestWait,
                    climbAfter,
                    maxRetries,
                    buffer,
                    queue,
                    onState,
                    folder,
                    onUnreadable,
                    timing);
        }

        /** Over plain HTTP version 2 needs an upgrade, which proxies break; over TLS it is agreed on while connecting. */
        private HttpClient ownHttp() {
            boolean tls = server.getScheme().equals("https");
            return HttpClient.newBuilder()
                    .version(tls ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                    .connectTimeout(timeout)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();
        }

        private static Duration positive(String name, Duration time) {
            if (!time.isPositive()) {
                throw new IllegalArgumentException(name + " must be more than nothing, not " + time);
            }
            return time;
        }
    }
}
