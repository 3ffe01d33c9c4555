package io.sluice.hub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.sluice.auth.GrantCallback;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.auth.Revocations;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.MemoryLog;
import io.sluice.hub.wire.WebSocketJsonWire;
import io.sluice.net.Loop;
import io.sluice.net.Outlet;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A hub on two loops in one thread, in memory unless told otherwise, whose time a test moves. Close it. */
final class HubWorld implements AutoCloseable {
    static final Duration GRACE = Duration.ofSeconds(5);
    static final Duration WARNING = Duration.ofMinutes(1);

    final ManualClock clock = new ManualClock();
    final SimulatedLoops loops = new SimulatedLoops(2, clock);
    final Revocations revocations = new Revocations(clock, Duration.ofHours(1), 10);
    final Hub hub;
    private final Random random = new Random(1);
    private final LogEngine engine;
    /** Of its threads. */
    private final Deque<Runnable> engineTasks = new ArrayDeque<>();

    HubWorld() {
        this(new NamespaceConfig());
    }

    HubWorld(NamespaceConfig namespace) {
        this(
                new HubConfig().with(namespace.on("memory", Durability.MEMORY)),
                context -> new MemoryLog(new MemoryLog.Settings(), context),
                null);
    }

    /** @param backend asked for what no grant allows; null: nobody is */
    HubWorld(HubConfig settings, Function<EngineContext, LogEngine> engines, @Nullable GrantCallback backend) {
        var config = settings.waiting(GRACE, Duration.ZERO);
        engine = engines.apply(
                new EngineContext(clock, config, engineTasks::add, engineTasks::add, random, () -> "boot"));
        hub = new Hub(
                config,
                loops.loops(),
                Map.of(engine.name(), engine),
                new Gate(clock, backend, revocations, WARNING),
                clock,
                random,
                new HubMetrics(),
                ByteBufAllocator.DEFAULT);
    }

    static Identity user(String name) {
        return new Identity(name, "token-" + name, Grants.ALL, null);
    }

    static Identity until(String name, Instant expires) {
        return new Identity(name, null, Grants.ALL, expires);
    }

    Loop loop(int index) {
        return loops.loops().get(index);
    }

    /** Everything that is due happens. */
    void settle() {
        loops.runAll(random);
        for (var task = engineTasks.poll(); task != null; task = engineTasks.poll()) {
            task.run();
            loops.runAll(random);
        }
    }

    /** Time goes on, and what that makes due happens. */
    void after(Duration wait) {
        clock.advance(wait);
        settle();
    }

    /** A client that follows {@code channel} from its end. */
    Client subscribed(Identity identity, int loop, ChannelName channel) {
        var client = connected(identity, loop);
        hub.subscribe(client.session(), channel, new Start.Latest(), outcome -> {});
        settle();
        return client;
    }

    Client connected(Identity identity, int loop) {
        var client = new Client();
        client.session = hub.connect(loop(loop), client, identity, true);
        return client;
    }

    Position publish(ChannelName channel, String json) {
        return publish(channel, Draft.of(Payload.json(json.getBytes(StandardCharsets.UTF_8))));
    }

    Position publish(ChannelName channel, Draft draft) {
        var answer = new AtomicReference<Appended>();
        hub.publish(Identity.ANYBODY, channel, draft, answer::set);
        settle();
        if (answer.get() instanceof Appended.Stored(var position, var time)) {
            return position;
        }
        throw new AssertionError("not stored: " + answer.get());
    }

    /** What {@code question} is answered once everything has happened. */
    <T> T ask(Consumer<Consumer<T>> question) {
        var answer = new AtomicReference<T>();
        question.accept(answer::set);
        settle();
        var given = answer.get();
        if (given == null) {
            throw new AssertionError("there is no answer");
        }
        return given;
    }

    @Override
    public void close() {
        List.copyOf(hub.sessions().all()).forEach(Session::close);
        settle();
        engine.close();
        settle();
    }

    /** Somebody who writes down what it is sent. */
    static final class Client implements Inbox {
        final List<String> received = new ArrayList<>();
        final List<String> notices = new ArrayList<>();
        final List<Gap> gaps = new ArrayList<>();
        final List<Duration> warnings = new ArrayList<>();
        boolean writable = true;
        boolean single;
        int deliveries;

        @Nullable
        Outlet outlet;

        @Nullable
        Duration drained;

        @Nullable
        Disconnect ended;

        private @Nullable Session session;

        Session session() {
            return java.util.Objects.requireNonNull(session);
        }

        @Override
        public String transport() {
            return "test";
        }

        @Override
        public Wire wire() {
            return WebSocketJsonWire.INSTANCE;
        }

        @Override
        public boolean writable() {
            return writable && ended == null;
        }

        @Override
        public boolean onePublicationAtATime() {
            return single;
        }

        @Override
        public @Nullable Outlet outlet() {
            return outlet;
        }

        @Override
        public void deliver(Subscription subscription, ByteBuf encoded, long first, long last) {
            deliveries++;
            for (long offset = first; offset <= last; offset++) {
                received.add(subscription.channel().name() + " " + offset);
            }
        }

        @Override
        public void gap(Subscription subscription, Gap gap) {
            gaps.add(gap);
        }

        @Override
        public void notice(ByteBuf encoded) {
            var text = new String(ByteBufUtil.getBytes(encoded), StandardCharsets.UTF_8);
            notices.add(text.substring(text.indexOf('{')));
        }

        @Override
        public void expiring(Duration left) {
            warnings.add(left);
        }

        @Override
        public void drain(Duration wait) {
            drained = wait;
        }

        @Override
        public void disconnect(Disconnect why) {
            ended = why;
        }
    }
}
