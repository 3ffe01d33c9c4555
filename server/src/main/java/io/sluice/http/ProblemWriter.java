package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Writes problems as {@code application/problem+json} (RFC 9457). */
final class ProblemWriter {
    static final String MEDIA_TYPE = "application/problem+json";

    private ProblemWriter() {}

    static ByteBuf json(ByteBufAllocator allocator, Problem problem, String instance, long retryAfterSeconds) {
        var out = new StringBuilder(256);
        out.append("{\"type\":\"urn:sluice:problem:").append(problem.error().code());
        out.append("\",\"title\":");
        quote(out, problem.error().title());
        out.append(",\"status\":").append(problem.error().status());
        out.append(",\"detail\":");
        quote(out, problem.detail());
        out.append(",\"instance\":");
        quote(out, instance);
        if (retryAfterSeconds > 0) {
            out.append(",\"retry_after\":").append(retryAfterSeconds);
        }
        problem.extra().forEach((name, value) -> {
            out.append(',');
            quote(out, name);
            out.append(':');
            if (value instanceof Number || value instanceof Boolean) {
                out.append(value);
            } else if (value instanceof List<?> texts) {
                list(out, texts);
            } else {
                quote(out, String.valueOf(value));
            }
        });
        out.append('}');
        var bytes = out.toString().getBytes(StandardCharsets.UTF_8);
        return allocator.directBuffer(bytes.length).writeBytes(bytes);
    }

    /**
     * Whole seconds for {@code retry-after}, 0 for none. Up to half longer at random so that clients do not return together;
     * a wait that is spread already is rounded up or down at random, so that it stays the same on average.
     */
    static long retryAfterSeconds(Problem problem) {
        var wait = problem.retryAfter();
        if (wait == null) {
            return 0;
        }
        long millis = Math.max(1, wait.toMillis());
        if (problem.spread()) {
            return Math.max(1, (millis + ThreadLocalRandom.current().nextLong(1000)) / 1000);
        }
        return Math.ceilDiv(millis + ThreadLocalRandom.current().nextLong(millis / 2 + 1), 1000);
    }

    private static void list(StringBuilder out, List<?> texts) {
        out.append('[');
        for (int i = 0; i < texts.size(); i++) {
            out.append(i == 0 ? "" : ",");
            quote(out, String.valueOf(texts.get(i)));
        }
        out.append(']');
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
