package io.sluice.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a process that only reads the clock finds missing on a CPU: what the hypervisor, the kernel and other processes take
 * from whoever runs there. No server's latency can be better than that.
 */
final class Pauses {
    private static final double SECONDS = 3;
    private static final long SHORTEST_NANOS = 100_000;
    private static final long LONG_NANOS = 1_000_000;

    private Pauses() {}

    /** Looks at the server's and the client's CPUs at the same time; one sentence for each. */
    static List<String> measure(BenchOptions options) throws IOException {
        // Interpreted: a compiler would be one more thread that takes the CPU.
        var command = List.of(
                Servers.java(),
                "-Xint",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Pauses.class.getName());
        var running = new ArrayList<Process>();
        for (var bound : List.of(options.onServerCpus(command), options.onClientCpus(command))) {
            running.add(new ProcessBuilder(bound)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
        var said = new ArrayList<String>();
        for (var process : running) {
            said.add(new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim());
            end(process);
        }
        return said;
    }

    private static void end(Process process) throws IOException {
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while measuring pauses", interrupted);
        }
    }

    public static void main(String[] arguments) {
        long start = System.nanoTime();
        long end = start + (long) (SECONDS * 1e9);
        long lost = 0;
        long longest = 0;
        int longOnes = 0;
        for (long before = start, now; before < end; before = now) {
            now = System.nanoTime();
            long missing = now - before;
            if (missing >= SHORTEST_NANOS) {
                lost += missing;
                longest = Math.max(longest, missing);
                longOnes += missing >= LONG_NANOS ? 1 : 0;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%.1f %% of %.0f s missing, %d times more than 1 ms, at most %.1f ms%n",
                lost / SECONDS / 1e7,
                SECONDS,
                longOnes,
                longest / 1e6);
    }
}
