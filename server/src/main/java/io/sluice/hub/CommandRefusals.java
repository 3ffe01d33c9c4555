package io.sluice.hub;

import io.sluice.http.ClientError;
import io.sluice.net.Clock;
import io.sluice.observe.LimitedLog;
import io.sluice.observe.Metrics;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;
import org.slf4j.LoggerFactory;

/**
 * What sessions were refused and why they were ended, by the closed lists {@link ClientError} and {@link Disconnect}; those
 * that speak of who the client is or how much it takes are logged too, at most {@value #LINES_PER_SECOND} lines a second.
 * Single requests are counted where HTTP answers them. Thread-safe.
 */
public final class CommandRefusals {
    private static final int LINES_PER_SECOND = 20;

    private final LimitedLog log;
    private final Map<ClientError, LongAdder> refusals = new EnumMap<>(ClientError.class);
    private final Map<Disconnect, LongAdder> disconnects = new EnumMap<>(Disconnect.class);

    CommandRefusals(Clock clock) {
        log = new LimitedLog(LoggerFactory.getLogger(CommandRefusals.class)::info, LINES_PER_SECOND, clock::nanos);
        for (var error : ClientError.values()) {
            refusals.put(error, new LongAdder());
        }
        for (var why : Disconnect.values()) {
            disconnects.put(why, new LongAdder());
        }
    }

    /** A command of {@code session} was answered with an error. */
    public void refused(Session session, ClientError error) {
        var counter = refusals.get(error);
        if (counter != null) {
            counter.increment();
        }
        switch (error.status()) {
            case 401, 403, 429 ->
                log.line(() -> "refused code=" + error.code() + " transport="
                        + session.peer().transport() + " session=" + session.id());
            default -> {
                // A mistake of the client's, or an ailment that is logged where it arose.
            }
        }
    }

    /** The server ended a session. */
    public void disconnected(Session session, Disconnect why) {
        var counter = disconnects.get(why);
        if (counter != null) {
            counter.increment();
        }
        log.line(() -> "disconnected reason=" + why + " code=" + why.code() + " transport="
                + session.peer().transport() + " session=" + session.id());
    }

    /** How often {@code error} was answered. */
    public long count(ClientError error) {
        var counter = refusals.get(error);
        return counter == null ? 0 : counter.sum();
    }

    /** Runs {@code each} with every error that was ever answered, and how often. */
    public void forEach(ObjLongConsumer<ClientError> each) {
        refusals.forEach((error, count) -> given(error, count, each));
    }

    /** Runs {@code each} with every reason for which sessions were ended, and how many. */
    public void forEachDisconnect(ObjLongConsumer<Disconnect> each) {
        disconnects.forEach((why, count) -> given(why, count, each));
    }

    private static <T> void given(T what, LongAdder count, ObjLongConsumer<T> each) {
        long times = count.sum();
        if (times > 0) {
            each.accept(what, times);
        }
    }

    void export(Metrics metrics) {
        refusals.forEach((error, count) -> metrics.count(
                "sluice_hub_refusals_total", "Commands answered with an error", count, "code", error.code()));
        disconnects.forEach((why, count) -> metrics.count(
                "sluice_hub_disconnects_total",
                "Sessions that the server ended",
                count,
                "reason",
                why.name().toLowerCase(java.util.Locale.ROOT)));
    }
}
