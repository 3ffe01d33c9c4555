package io.sluice.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.sluice.net.ClientAddress;
import io.sluice.net.Clock;
import io.sluice.net.EventLoops;
import io.sluice.net.FairReads;
import io.sluice.net.Loop;
import io.sluice.net.ProxyHeader;
import io.sluice.net.Tls;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Serves routes over HTTP/1.1 and HTTP/2 on the sockets of a listener. Thread-safe. */
public final class HttpServer {
    /** Connections beyond the bound that are still told why they are refused; further ones are only closed. */
    private static final int REFUSED_AT_ONCE = 256;

    private final HttpRoutes routes;
    private final HttpSettings settings;
    private final ExchangeObserver observer;
    private final ConnectionGate gate;
    private final @Nullable Tls tls;
    private final Cors cors;
    private final Map<Loop, LoopState> states = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean draining;

    /** @param tls null serves clear text */
    public HttpServer(
            HttpRoutes routes, HttpSettings settings, Clock clock, ExchangeObserver observer, @Nullable Tls tls) {
        this(routes, settings, clock, observer, ConnectionGate.OPEN, tls);
    }

    /** The same behind a gate that each connection passes first. */
    public HttpServer(
            HttpRoutes routes,
            HttpSettings settings,
            Clock clock,
            ExchangeObserver observer,
            ConnectionGate gate,
            @Nullable Tls tls) {
        this.gate = gate;
        this.routes = routes;
        this.settings = settings;
        this.observer = observer;
        this.tls = tls;
        this.cors = new Cors(settings.cors());
    }

    /** What a listener gives each accepted socket. */
    public ChannelInitializer<Channel> pipeline() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel socket) {
                assemble(socket);
            }
        };
    }

    /** The handlers of a socket, in order: where a proxy tells whose it is, what it tells comes before all others. */
    private void assemble(Channel socket) {
        int beyond = open.incrementAndGet() - settings.maxConnections();
        socket.closeFuture().addListener(closed -> open.decrementAndGet());
        if (beyond <= REFUSED_AT_ONCE && settings.proxies().introduce(socket)) {
            socket.pipeline()
                    .addLast(new ProxyHeader(
                            settings.headerTimeout(),
                            () -> assemble(socket, beyond),
                            why -> observer.misled(why, socket.remoteAddress())));
        } else {
            assemble(socket, beyond);
        }
    }

    private void assemble(Channel socket, int beyond) {
        var pipeline = socket.pipeline();
        var state = state(EventLoops.of(socket));
        var unwanted = enter(socket);
        if (unwanted != null) {
            observer.cut(unwanted, ClientAddress.of(socket));
            // A reset leaves nothing behind: neither bytes to linger for nor a port in TIME_WAIT.
            socket.config().setOption(ChannelOption.SO_LINGER, 0);
            socket.eventLoop().execute(socket::close);
        } else if (beyond > 0) {
            observer.cut(Abuse.TOO_MANY_CONNECTIONS, ClientAddress.of(socket));
            if (tls != null || beyond > REFUSED_AT_ONCE) {
                socket.eventLoop().execute(socket::close);
            } else {
                pipeline.addLast(new FairReads(state.turns));
                pipeline.addLast(new Http1Connection(this, state, socket).overloaded());
            }
        } else if (tls != null) {
            pipeline.addLast(tls.handler(socket.alloc()));
            pipeline.addLast(new FairReads(state.turns));
            pipeline.addLast(new AlpnChoice(this, state));
        } else {
            // Clear text begins as HTTP/1.1 and becomes HTTP/2 by prior knowledge or by upgrade.
            pipeline.addLast(new FairReads(state.turns));
            pipeline.addLast(new Http1Connection(this, state, socket));
        }
    }

    private @Nullable Abuse enter(Channel socket) {
        var remote = ClientAddress.of(socket);
        if (remote == null) {
            return null; // gone already
        }
        var peer = remote.getAddress();
        var unwanted = gate.enter(peer);
        if (unwanted == null) {
            socket.closeFuture().addListener(closed -> gate.leave(peer));
        }
        return unwanted;
    }

    /** Counts what the responses on {@code socket} hold; {@code room} runs when that is less than its share again. */
    Unsent unsent(Channel socket, Runnable room) {
        return new Unsent(gate, ClientAddress.of(socket), room);
    }

    private LoopState state(Loop loop) {
        return states.computeIfAbsent(loop, l -> new LoopState(l, settings));
    }

    /** Asks every connection to end: idle ones close, others end with their current exchange. Idempotent. */
    public void drain() {
        draining = true;
        for (var state : states.values()) {
            state.loop.execute(() -> List.copyOf(state.connections).forEach(LoopState.Drainable::drain));
        }
    }

    /** Connections open now, those that are being refused included. */
    public int openConnections() {
        return open.get();
    }

    boolean isDraining() {
        return draining;
    }

    HttpSettings settings() {
        return settings;
    }

    ExchangeObserver observer() {
        return observer;
    }

    /** Gives a request to its route. What a handler throws is our bug: 500, once in the log, and the connection ends. */
    void dispatch(Exchange exchange) {
        var hsts = settings.hsts();
        if (hsts != null && exchange.secure()) {
            exchange.responseHeaders().set("strict-transport-security", "max-age=" + hsts.toSeconds());
        }
        try {
            var unwanted = gate.ask(exchange.peer().getAddress());
            if (unwanted == null) {
                route(exchange);
            } else {
                exchange.refuse(unwanted);
            }
        } catch (Refusal refusal) {
            exchange.refuse(refusal.problem());
        } catch (RuntimeException | Error bug) {
            Failures.handler(exchange, bug);
            exchange.responseHeaders().set("connection", "close");
            exchange.refuse(Problem.of(ClientError.INTERNAL, "see the server's log for this instance"));
        }
    }

    private void route(Exchange exchange) {
        if (exchange.method().equals("CONNECT")) {
            throw new Refusal(Problem.of(ClientError.NOT_IMPLEMENTED, "CONNECT is not served here"));
        }
        var target = RequestTarget.parse(exchange.target(), settings.maxQueryParameters());
        exchange.located(target);
        var host = exchange.headers().get("host");
        if (!target.authority().isEmpty() && host != null && !host.equalsIgnoreCase(target.authority())) {
            throw Refusal.bad("the target's host is not the Host field's");
        }
        if (target.path().equals("*")) {
            if (!exchange.method().equals("OPTIONS")) {
                throw Refusal.bad("the target * belongs to OPTIONS");
            }
            exchange.respond(204, Unpooled.EMPTY_BUFFER);
            return;
        }
        switch (routes.match(exchange.method(), target.path())) {
            case HttpRoutes.Match.Found(var route, var handler, var parameters) -> {
                cors.allow(exchange);
                exchange.matched(route, parameters);
                handler.handle(exchange);
            }
            case HttpRoutes.Match.WrongMethod(var allow) -> {
                exchange.responseHeaders().set("allow", allow);
                if (exchange.method().equals("OPTIONS")) {
                    cors.preflight(exchange, allow);
                    exchange.respond(204, Unpooled.EMPTY_BUFFER);
                } else {
                    cors.allow(exchange);
                    exchange.refuse(Problem.of(ClientError.METHOD_NOT_ALLOWED, "the method here is one of " + allow));
                }
            }
            case HttpRoutes.Match.NotFound() -> {
                cors.allow(exchange);
                exchange.refuse(Problem.of(ClientError.NOT_FOUND, "no route has this path"));
            }
        }
    }
}
