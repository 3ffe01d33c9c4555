package io.sluice.admin;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.config.ConfigChange;
import io.sluice.config.ConfigException;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.hub.wire.JsonReply;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/admin/reload}: reads the configuration anew and takes what a running server can take. Answers which settings
 * that were and which wait for a restart; 422 with every mistake, and then nothing has changed.
 */
public final class ReloadRoute {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadRoute.class);

    private final Supplier<ConfigChange> reload;
    private final ByteBufAllocator allocator;

    /** @param reload does it, on a thread that may block; throws {@link ConfigException} */
    public ReloadRoute(Supplier<ConfigChange> reload, ByteBufAllocator allocator) {
        this.reload = reload;
        this.allocator = allocator;
    }

    public void addTo(HttpRoutes routes) {
        routes.add(
                "POST",
                "/v1/admin/reload",
                exchange -> Thread.ofVirtual().name("sluice-reload").start(() -> {
                    var answer = reloaded(exchange);
                    exchange.loop().execute(answer);
                }));
    }

    private Runnable reloaded(HttpExchange exchange) {
        try {
            var change = reload.get();
            return () -> answer(exchange, change);
        } catch (ConfigException mistaken) {
            return () -> refuse(exchange, mistaken);
        } catch (RuntimeException bug) {
            LOG.error("reload failed", bug);
            return () -> exchange.refuse(Problem.of(ClientError.INTERNAL, "the reload failed; the log says more"));
        }
    }

    private void answer(HttpExchange exchange, ConfigChange change) {
        Audit.line(exchange, "reload", "applied=" + listed(change.applied()) + " restart=" + listed(change.restart()));
        var out = allocator.directBuffer();
        raw(out, "{\"applied\":" + listed(change.applied()) + ",\"restart\":" + listed(change.restart()) + "}");
        JsonReply.send(exchange, 200, out);
    }

    private static void refuse(HttpExchange exchange, ConfigException mistaken) {
        var mistakes = mistaken.problems().stream()
                .map(ConfigException.Problem::toString)
                .toList();
        Audit.line(exchange, "reload", "refused=" + ClientError.BAD_CONFIG.code() + " mistakes=" + mistakes.size());
        exchange.refuse(Problem.of(ClientError.BAD_CONFIG, "the server goes on with the configuration that it has")
                .with("mistakes", mistakes));
    }

    /** A JSON list: names of the file can hold anything. */
    private static String listed(List<String> paths) {
        return paths.stream().map(Listing::quoted).collect(Collectors.joining(",", "[", "]"));
    }
}
