package io.sluice.bench;

import com.sun.management.ThreadMXBean;
import io.sluice.hub.wire.Wires;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * Prints what one operation of each hot path costs: its name, bytecodes of ours, and bytes allocated on its thread. Runs in a
 * process that only interprets ({@code -Xint}), so that neither depends on what was compiled when.
 */
public final class HotPaths {
    private static final int WARM = 10;

    private HotPaths() {}

    /** Begins again with counted classes. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        var counted = new CountedClasses().loadClass(HotPaths.class.getName());
        counted.getMethod("measureAll").invoke(null);
    }

    /** Something that costs. */
    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    public static void measureAll() throws Exception {
        var append = new AppendBenchmark();
        append.engine = "memory/memory";
        append.start();
        measure("append", 64, 100, append::append);
        append.stop();

        var offer = new OfferBenchmark();
        offer.subscribe();
        measure("offer and deliver, of 1,000", 1_000, 30, offer::publishToAll);
        offer.stop();

        for (int i = 0; i < Wires.ALL.size(); i++) {
            var encode = new EncodeBenchmark();
            encode.wire = i;
            encode.choose();
            measure("encode " + i + " " + Wires.ALL.get(i).getClass().getSimpleName(), 1, 1_000, encode::encode);
        }

        var authorise = new AuthoriseBenchmark();
        authorise.prepare();
        measure("authorise by grants, the last of 20", 1, 1_000, authorise::authorise);
        measure("pay to limits", 1, 1_000, authorise::pay);
        System.exit(0);
    }

    private static void measure(String name, int operations, int calls, Work work) throws Exception {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM; i++) {
            work.run();
        }
        long bytes = threads.getCurrentThreadAllocatedBytes();
        long bytecodes = ExecutedBytecodes.count;
        for (int i = 0; i < calls; i++) {
            work.run();
        }
        double total = (double) operations * calls;
        System.out.printf(
                Locale.ROOT,
                "%s\t%.1f\t%.1f%n",
                name,
                (ExecutedBytecodes.count - bytecodes) / total,
                (threads.getCurrentThreadAllocatedBytes() - bytes) / total);
    }
}
