package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What Linux says about one process, or about one and those that it started. */
public final class ProcessUsage {
    private static final double TICKS_PER_SECOND = 100;
    private final long pid;
    private final boolean withChildren;

    private ProcessUsage(long pid, boolean withChildren) {
        this.pid = pid;
        this.withChildren = withChildren;
    }

    /** Of this process alone. */
    public ProcessUsage(long pid) {
        this(pid, false);
    }

    /** Seconds for which the CPU of this number was busy, whoever used it; all CPUs together for anything but a number. */
    static double busySeconds(String cpu) throws IOException {
        var name = cpu.matches("\\d+") ? "cpu" + cpu : "cpu";
        for (var line : Files.readAllLines(Path.of("/proc/stat"))) {
            var fields = line.split("\\s+");
            if (fields[0].equals(name)) {
                // user, nice, system, then after idle and iowait irq, softirq and steal
                long ticks = 0;
                for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
                    ticks += Long.parseLong(fields[i]);
                }
                return ticks / TICKS_PER_SECOND;
            }
        }
        throw new IOException("no line of " + name + " in /proc/stat");
    }

    /** Of a server that may have workers. */
    static ProcessUsage withChildren(long pid) {
        return new ProcessUsage(pid, true);
    }

    /** Seconds of CPU in user and kernel mode; those of children count while they live. */
    public double cpuSeconds() throws IOException {
        long ticks = 0;
        for (var proc : family()) {
            var stat = Files.readString(proc.resolve("stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    private List<Path> family() {
        var children = withChildren
                ? ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::descendants)
                        .map(ProcessHandle::pid)
                : Stream.<Long>empty();
        return Stream.concat(Stream.of(pid), children)
                .map(each -> Path.of("/proc", Long.toString(each)))
                .toList();
    }

    /** How often the calling thread, which must not be a virtual one, has gone to sleep of its own accord. */
    static long sleepsOfThisThread() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/thread-self/status"))) {
            if (line.startsWith("voluntary_ctxt_switches:")) {
                return Long.parseLong(line.replaceAll("\\D+", ""));
            }
        }
        throw new IOException("no voluntary_ctxt_switches in /proc/thread-self/status");
    }

    public long residentBytes() throws IOException {
        return rollup("Rss:");
    }

    /** Resident bytes with shared pages counted in proportion. */
    public long proportionalBytes() throws IOException {
        return rollup("Pss:");
    }

    private long rollup(String name) throws IOException {
        long kilobytes = 0;
        for (var proc : family()) {
            for (var line : Files.readAllLines(proc.resolve("smaps_rollup"))) {
                if (line.startsWith(name)) {
                    kilobytes += Long.parseLong(line.replaceAll("\\D+", ""));
                }
            }
        }
        return kilobytes * 1024;
    }
}
