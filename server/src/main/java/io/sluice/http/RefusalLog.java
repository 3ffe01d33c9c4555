package io.sluice.http;

import io.sluice.net.Clock;
import io.sluice.observe.LimitedLog;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Logs what was refused for somebody's protection, at most {@value #LINES_PER_SECOND} lines a second: cut connections, and
 * refusals that speak of who the caller is or how much it takes. Ordinary mistakes are only counted. Thread-safe.
 */
public final class RefusalLog implements ExchangeObserver {
    private static final int LINES_PER_SECOND = 20;

    private final LimitedLog log;

    public RefusalLog(Clock clock) {
        this(new LimitedLog(LoggerFactory.getLogger(RefusalLog.class)::warn, LINES_PER_SECOND, clock::nanos));
    }

    RefusalLog(LimitedLog log) {
        this.log = log;
    }

    @Override
    public void refused(HttpExchange exchange, ClientError error) {
        switch (error.status()) {
            case 401, 403, 429 ->
                log.line(() -> "refused code=" + error.code() + " peer=" + exchange.peer() + " route="
                        + exchange.route() + " request=" + exchange.requestId());
            default -> {
                // A mistake, or an ailment that is logged where it arose.
            }
        }
    }

    @Override
    public void cut(Abuse abuse, @Nullable SocketAddress peer) {
        log.line(() -> "cut reason=" + abuse.code() + " peer=" + peer);
    }

    @Override
    public void misled(String why, @Nullable SocketAddress proxy) {
        log.line(() -> "cut reason=" + Abuse.BAD_PROXY_HEADER.code() + " peer=" + proxy + " why=" + why);
    }
}
