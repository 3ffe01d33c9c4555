package io.sluice.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What the kernel and the JVM say about a server process. Linux only. */
final class Vitals {
    private static final Pattern COUNTED =
            Pattern.compile("(?m)^ *\\d+: +\\d+ +(\\d+) ++(?!\\[?L?jdk\\.internal\\.vm\\.Filler)");

    private Vitals() {}

    static long residentBytes(long pid) throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D+", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS of process " + pid);
    }

    static long descriptors(long pid) throws IOException {
        try (var all = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return all.count();
        }
    }

    /**
     * Bytes of the objects that are reachable. Counted in one stop of the server, so that nothing is allocated in between, and without
     * what the serial collector leaves where dead objects were.
     */
    static long liveHeapBytes(long pid) throws IOException, InterruptedException {
        long bytes = COUNTED.matcher(jcmd(pid, "GC.class_histogram"))
                .results()
                .mapToLong(line -> Long.parseLong(line.group(1)))
                .sum();
        if (bytes == 0) {
            throw new IOException("process " + pid + " does not count its objects");
        }
        return bytes;
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(List.of(jcmd, Long.toString(pid), command))
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + command + ": " + said);
        }
        return said;
    }
}
