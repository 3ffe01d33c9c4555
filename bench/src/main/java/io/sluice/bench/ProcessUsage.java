package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says about one process. */
final class ProcessUsage {
    private static final double TICKS_PER_SECOND = 100;
    private final Path proc;

    ProcessUsage(long pid) {
        this.proc = Path.of("/proc", Long.toString(pid));
    }

    /** Seconds of CPU that the process has used, in user and kernel mode, without its children. */
    double cpuSeconds() throws IOException {
        var stat = Files.readString(proc.resolve("stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
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

    long residentBytes() throws IOException {
        return rollup("Rss:");
    }

    /** Resident bytes with shared pages counted in proportion. */
    long proportionalBytes() throws IOException {
        return rollup("Pss:");
    }

    private long rollup(String name) throws IOException {
        for (var line : Files.readAllLines(proc.resolve("smaps_rollup"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D+", "")) * 1024;
            }
        }
        throw new IOException("no " + name + " in " + proc);
    }
}
