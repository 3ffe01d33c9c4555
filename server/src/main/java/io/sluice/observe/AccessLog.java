package io.sluice.observe;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One line for every ended HTTP exchange, under the logger {@code sluice.access} whatever the log level. Thread-safe.
 *
 * <p>Bodies and header fields are never written. Of the query, what may be a secret is replaced by a dash: the values of
 * {@code token}, {@code ticket} and their like, and of every name that is percent-encoded and might spell one of them.
 */
public final class AccessLog {
    /** Longer targets are cut. */
    private static final int MAX_TARGET = 1024;

    private static final Set<String> SECRETS = Set.of(
            "token",
            "ticket",
            "access_token",
            "id_token",
            "refresh_token",
            "key",
            "api_key",
            "apikey",
            "secret",
            "password",
            "code",
            "signature",
            "sig");
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private final Consumer<String> lines;

    public AccessLog() {
        this(LoggerFactory.getLogger("sluice.access")::info);
    }

    /** @param lines takes each line; must not block */
    public AccessLog(Consumer<String> lines) {
        this.lines = lines;
    }

    /**
     * An exchange that has ended.
     *
     * @param target the request target as it came, query included
     * @param status 0 when the peer went before it was answered
     * @param bodyBytes bytes of the response's body
     */
    public record Entry(
            InetSocketAddress peer,
            String method,
            String target,
            String version,
            int status,
            long bodyBytes,
            long durationNanos,
            String requestId) {}

    public void write(Entry entry) {
        var line = new StringBuilder(160);
        line.append("peer=").append(address(entry.peer)).append(" method=");
        visible(line, entry.method, 0, Math.min(entry.method.length(), 32));
        line.append(" target=");
        target(line, entry.target);
        line.append(" version=").append(entry.version);
        line.append(" status=").append(entry.status);
        line.append(" bytes=").append(entry.bodyBytes);
        line.append(" ms=").append(String.format(Locale.ROOT, "%.3f", entry.durationNanos / 1e6));
        line.append(" request=").append(entry.requestId);
        lines.accept(line.toString());
    }

    private static String address(@Nullable InetSocketAddress peer) {
        return peer == null || peer.getAddress() == null
                ? "-"
                : peer.getAddress().getHostAddress();
    }

    private static void target(StringBuilder line, String target) {
        int end = Math.min(target.length(), MAX_TARGET);
        int question = target.indexOf('?');
        if (question < 0 || question >= end) {
            visible(line, target, 0, end);
        } else {
            visible(line, target, 0, question + 1);
            for (int from = question + 1; from < end; ) {
                int next = target.indexOf('&', from);
                next = next < 0 ? end : Math.min(next, end);
                parameter(line, target, from, next);
                if (next < end) {
                    line.append('&');
                }
                from = next + 1;
            }
        }
        if (end < target.length()) {
            line.append("...");
        }
    }

    private static void parameter(StringBuilder line, String target, int from, int to) {
        int equals = target.indexOf('=', from);
        if (equals < 0 || equals >= to) {
            visible(line, target, from, to);
            return;
        }
        visible(line, target, from, equals + 1);
        var name = target.substring(from, equals).toLowerCase(Locale.ROOT);
        if (SECRETS.contains(name) || name.indexOf('%') >= 0 || name.indexOf('+') >= 0) {
            line.append('-');
        } else {
            visible(line, target, equals + 1, to);
        }
    }

    /** Appends what is printable ASCII; the rest, and quotes, become percent escapes, so that a line stays one line. */
    private static void visible(StringBuilder line, String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c > 0x20 && c < 0x7f && c != '"') {
                line.append(c);
            } else if (c < 0x100) {
                line.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
            } else {
                line.append('?');
            }
        }
    }
}
