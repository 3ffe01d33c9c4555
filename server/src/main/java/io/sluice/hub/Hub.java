package io.sluice.hub;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.auth.Identity;
import io.sluice.auth.InternalChannel;
import io.sluice.auth.Verb;
import io.sluice.config.HubConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import io.sluice.net.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The front of the hub: every transport and route asks here, and nothing here knows any of them. Each method checks the
 * caller's grants, finds the channel and hands the work to the log or to the caller's loop.
 *
 * <p>Thread-safe. Results come once, on the thread that the method names, perhaps before it returns.
 */
public final class Hub {
    private final HubConfig config;
    private final Clock clock;
    private final HubMetrics metrics;
    private final Channels channels;
    private final Sessions sessions;
    private final Attendance attendance;
    private final Map<String, LogEngine> engines;
    private final Gate gate;
    private final CommandRefusals refusals;
    /** Where the followers of internal channels run. */
    private final Loop followers;

    /** A hub whose callers have what their own grants say and nothing else. */
    public Hub(
            HubConfig config,
            List<Loop> loops,
            Map<String, LogEngine> engines,
            Clock clock,
            RandomGenerator random,
            HubMetrics metrics,
            ByteBufAllocator allocator) {
        this(config, loops, engines, new Gate(clock, null, null, Duration.ZERO), clock, random, metrics, allocator);
    }

    public Hub(
            HubConfig config,
            List<Loop> loops,
            Map<String, LogEngine> engines,
            Gate gate,
            Clock clock,
            RandomGenerator random,
            HubMetrics metrics,
            ByteBufAllocator allocator) {
        this.config = config;
        this.gate = gate;
        this.refusals = new CommandRefusals(clock);
        this.clock = clock;
        this.metrics = metrics;
        this.engines = Map.copyOf(engines);
        this.channels = new Channels(config, engines, loops.size(), clock, allocator, metrics);
        this.sessions = new Sessions(clock, random);
        this.attendance = new Attendance(clock);
        this.followers = loops.getFirst();
    }

    public HubConfig config() {
        return config;
    }

    public Clock clock() {
        return clock;
    }

    public HubMetrics metrics() {
        return metrics;
    }

    /** What sessions were refused. */
    public CommandRefusals refusals() {
        return refusals;
    }

    /** A channel of the servers' own; see {@link InternalChannels#reserve}. Opened once by each name. */
    public InternalChannel internal(InternalChannel.Bounds bounds) {
        return new FollowedChannel(channels, bounds, followers);
    }

    Gate gate() {
        return gate;
    }

    public Sessions sessions() {
        return sessions;
    }

    /** The channels that are open now. */
    public Collection<HubChannel> openChannels() {
        return channels.open();
    }

    /** What keeps an engine from taking publications, or null when all can: for readiness. */
    public @Nullable String ailment() {
        for (var engine : engines.values()) {
            var ailment = engine.ailment();
            if (ailment != null) {
                return engine.name() + ": " + ailment;
            }
        }
        return null;
    }

    /** An engine that runs, and what keeps it from taking publications, or null. */
    public record EngineHealth(String engine, @Nullable String ailment) {}

    /** How the engines are, by name. */
    public List<EngineHealth> engineHealth() {
        return engines.values().stream()
                .map(engine -> new EngineHealth(engine.name(), engine.ailment()))
                .sorted(Comparator.comparing(EngineHealth::engine))
                .toList();
    }

    /** Appends to a channel. {@code answer} runs on any thread. */
    public void publish(Identity identity, ChannelName name, Draft draft, Consumer<Appended> answer) {
        var invalid = Drafts.check(draft, config.maxMessageSize().bytes());
        if (invalid != null) {
            metrics.refused();
            answer.accept(new Appended.Refused(invalid));
            return;
        }
        gate.pass(identity, Verb.PUBLISH, name, draft.payload().bytes().length, refusal -> {
            if (refusal != null) {
                metrics.refused();
                answer.accept(new Appended.Refused(refusal));
            } else {
                append(name, draft, answer);
            }
        });
    }

    private void append(ChannelName name, Draft draft, Consumer<Appended> answer) {
        long began = clock.nanos();
        channels.acquire(name, outcome -> {
            switch (outcome) {
                case Outcome.Done<HubChannel>(var channel) ->
                    channel.log().append(draft, appended -> {
                        channel.release();
                        count(appended, began);
                        answer.accept(appended);
                    });
                case Outcome.Refused<HubChannel>(var problem) -> {
                    metrics.refused();
                    answer.accept(new Appended.Refused(problem));
                }
            }
        });
    }

    /** Reads a channel's log at a cursor, or its newest publications. {@code result} runs on {@code loop}. */
    public void read(
            Identity identity, ChannelName name, ReadRequest request, Loop loop, Consumer<Outcome<Page>> result) {
        var verb = request.start() == null ? Verb.HISTORY : reading(identity, name);
        withChannel(identity, verb, name, loop, outcome -> {
            switch (outcome) {
                case Outcome.Done<HubChannel>(var channel) ->
                    PageRead.start(
                            channel,
                            request,
                            page -> onLoop(loop, () -> {
                                channel.release();
                                result.accept(page);
                            }));
                case Outcome.Refused<HubChannel>(var problem) -> result.accept(new Outcome.Refused<>(problem));
            }
        });
    }

    /** What reading on from a cursor takes: who may subscribe gets the same publications there, who may read history too. */
    private static Verb reading(Identity identity, ChannelName name) {
        return identity.grants().allows(Verb.HISTORY, name.value()) ? Verb.HISTORY : Verb.SUBSCRIBE;
    }

    /**
     * Waits once for something newer than {@code after}. {@code waiting} runs on {@code loop} with the wait to cancel, then
     * {@code newer} runs there at most once, at once if there is something already.
     */
    public void await(
            Identity identity,
            ChannelName name,
            Position after,
            Loop loop,
            Runnable newer,
            Consumer<Outcome<Waiting>> waiting) {
        withChannel(identity, reading(identity, name), Gate.FREE, name, loop, outcome -> {
            switch (outcome) {
                case Outcome.Done<HubChannel>(var channel) -> {
                    var readers = channel.fanOut().on(loop);
                    long offset = after.epoch() == channel.log().epoch() ? after.offset() : -1;
                    var reader = new Waiting(channel, readers, offset, newer);
                    readers.add(reader);
                    waiting.accept(new Outcome.Done<>(reader));
                    reader.woken(readers); // what came before it was added did not wake it
                }
                case Outcome.Refused<HubChannel>(var problem) -> waiting.accept(new Outcome.Refused<>(problem));
            }
        });
    }

    /** Null when the caller's own grants let it administer every one of {@code names}, else why not. */
    public @Nullable Problem administers(Identity identity, Collection<ChannelName> names) {
        for (var name : names) {
            var refusal = gate.check(identity, Verb.ADMIN, name);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    /** Makes a session for a connected client. Called on {@code loop}. */
    public Session connect(Loop loop, Peer peer, Identity identity, boolean wantsNotices) {
        var session = new Session(sessions.nextId(), loop, peer, identity, clock.now(), wantsNotices, this);
        sessions.add(session);
        identity.share().opened();
        session.watchExpiry();
        if (gate.isRevoked(identity)) {
            // Revoked after it was judged and before it could be found among the sessions.
            loop.execute(() -> peer.disconnect(Disconnect.UNAUTHENTICATED));
        }
        metrics.sessionOpened(peer.transport());
        return session;
    }

    /** A subscription that has begun. */
    public record Subscribed(Subscription subscription, Position position, boolean recovered) {}

    /**
     * Subscribes a session. {@code result} runs on the session's loop before the first publication is handed to its inbox.
     * Call {@link Session#resume} afterwards if result is not the last thing to be sent before publications may follow.
     */
    public void subscribe(Session session, ChannelName name, Start start, Consumer<Outcome<Subscribed>> result) {
        subscribe(session, session.inbox(), name, start, result);
    }

    /** The same for one of several operations of a session, which is an inbox of its own. */
    public void subscribe(
            Session session, Inbox reader, ChannelName name, Start start, Consumer<Outcome<Subscribed>> result) {
        withChannel(session.identity(), Verb.SUBSCRIBE, name, session.loop(), outcome -> {
            switch (outcome) {
                case Outcome.Done<HubChannel>(var channel) -> {
                    var subscribed = subscribe(session, reader, channel, start);
                    if (subscribed instanceof Outcome.Refused) {
                        channel.release();
                    }
                    result.accept(subscribed);
                    if (subscribed instanceof Outcome.Done<Subscribed>(var done)) {
                        done.subscription().resume();
                    }
                }
                case Outcome.Refused<HubChannel>(var problem) -> result.accept(new Outcome.Refused<>(problem));
            }
        });
    }

    /** Sends an ephemeral message to those present. {@code answer} gets null when it was taken, else why not, on any thread. */
    public void signal(
            Identity identity, ChannelName name, String event, byte[] data, Consumer<@Nullable Problem> answer) {
        var invalid = Drafts.checkEvent(event);
        if (invalid == null && data.length > config.maxMessageSize().bytes()) {
            invalid = Drafts.tooLarge(data.length, config.maxMessageSize().bytes());
        }
        if (invalid != null) {
            answer.accept(invalid);
            return;
        }
        gate.pass(identity, Verb.SIGNAL, name, data.length, refusal -> {
            if (refusal == null) {
                metrics.signal();
                var channel = channels.peek(name);
                if (channel != null) {
                    channel.fanOut().notice(new Notice.Signal(name, event, identity.user(), data));
                }
            }
            answer.accept(refusal);
        });
    }

    /** Who is in a channel. {@code result} runs on {@code loop}. */
    public void presence(Identity identity, ChannelName name, Loop loop, Consumer<Outcome<List<Member>>> result) {
        withChannel(identity, Verb.PRESENCE, name, loop, outcome -> {
            switch (outcome) {
                case Outcome.Done<HubChannel>(var channel) -> {
                    var members = new ArrayList<Member>();
                    for (var member : channel.presence().members()) {
                        members.add(new Member(member.user(), member.sessions(), member.since()));
                    }
                    channel.release();
                    result.accept(new Outcome.Done<>(members));
                }
                case Outcome.Refused<HubChannel>(var problem) -> result.accept(new Outcome.Refused<>(problem));
            }
        });
    }

    /** One user who is in a channel, with how many sessions. */
    public record Member(String user, int sessions, java.time.Instant since) {}

    /** The state of a channel in numbers. */
    public record Summary(ChannelName channel, int subscribers, Position newest, Position oldest, long messages) {}

    /** The state of a channel. {@code result} runs on {@code loop}. */
    public void summary(Identity identity, ChannelName name, Loop loop, Consumer<Outcome<Summary>> result) {
        withChannel(identity, Verb.HISTORY, name, loop, outcome -> {
            switch (outcome) {
                case Outcome.Done<HubChannel>(var channel) -> {
                    var summary = summary(channel);
                    channel.release();
                    result.accept(new Outcome.Done<>(summary));
                }
                case Outcome.Refused<HubChannel>(var problem) -> result.accept(new Outcome.Refused<>(problem));
            }
        });
    }

    /** The state of an open channel. */
    public static Summary summary(HubChannel channel) {
        var log = channel.log();
        long newest = log.newest();
        long oldest = Math.min(log.oldest(), newest + 1);
        return new Summary(
                channel.name(),
                channel.readers(),
                new Position(log.epoch(), newest),
                new Position(log.epoch(), oldest),
                newest - oldest + 1);
    }

    /** Opens a channel for reading markers; see {@link ReadMarkers}. */
    void withChannel(Identity identity, Verb verb, ChannelName name, Loop loop, Consumer<Outcome<HubChannel>> result) {
        withChannel(identity, verb, 0, name, loop, result);
    }

    private void withChannel(
            Identity identity, Verb verb, int size, ChannelName name, Loop loop, Consumer<Outcome<HubChannel>> result) {
        gate.pass(identity, verb, name, size, refusal -> {
            if (refusal != null) {
                onLoop(loop, () -> result.accept(new Outcome.Refused<>(refusal)));
            } else {
                channels.acquire(name, outcome -> onLoop(loop, () -> result.accept(outcome)));
            }
        });
    }

    LogEngine engine(HubChannel channel) {
        var engine = engines.get(channel.settings().engine());
        if (engine == null) {
            throw new IllegalStateException("engine " + channel.settings().engine() + " was not started");
        }
        return engine;
    }

    /** Evicts idle channels, lets go of those who left. Called about once a second by one thread. */
    public void sweep() {
        long now = clock.nanos();
        attendance.sweep(now);
        channels.sweep(now);
        for (var engine : engines.values()) {
            engine.sweep();
        }
    }

    Attendance attendance() {
        return attendance;
    }

    private Outcome<Subscribed> subscribe(Session session, Inbox reader, HubChannel channel, Start start) {
        if (session.isClosed()) {
            return refused(ClientError.CONFLICT, "the session has ended");
        }
        if (session.subscription(reader, channel.name()) != null) {
            return refused(ClientError.CONFLICT, "already subscribed to " + channel.name());
        }
        if (session.subscriptionCount() >= config.maxSubscriptions()) {
            return new Outcome.Refused<>(Problem.of(
                            ClientError.RATE_LIMITED,
                            "a session reads at most " + config.maxSubscriptions() + " channels")
                    .with("limit", config.maxSubscriptions()));
        }
        return switch (start.resolve(channel.log())) {
            case Start.Resolved.Bad(var problem) -> new Outcome.Refused<>(problem);
            case Start.Resolved.At(var begun) -> {
                var readers = channel.fanOut().on(session.loop());
                var subscription = new Subscription(session, reader, channel, readers, begun);
                readers.add(subscription);
                session.add(subscription);
                yield new Outcome.Done<>(
                        new Subscribed(subscription, begun.position(channel.log()), begun.gap() == null));
            }
        };
    }

    private void count(Appended appended, long began) {
        switch (appended) {
            case Appended.Stored stored -> metrics.published(clock.nanos() - began);
            case Appended.Replayed replayed -> metrics.replayed();
            case Appended.Refused refused -> metrics.refused();
        }
    }

    private static <T> Outcome<T> refused(ClientError error, String detail) {
        return new Outcome.Refused<>(Problem.of(error, detail));
    }

    private static void onLoop(Loop loop, Runnable task) {
        if (loop.isCurrent()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }
}
