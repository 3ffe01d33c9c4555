package io.sluice.simulation;

import io.sluice.cli.Progress;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.jspecify.annotations.Nullable;

/** {@code sluice simulate}: plays seeds on all processors until one fails. */
public final class Simulate {
    private static final Logger CACHE = Logger.getLogger("com.github.benmanes.caffeine");

    private static final String USAGE = """
            Usage: sluice simulate [--seeds N] [--seed FIRST] [--transcript]
            Plays seeds, each a whole server with clients, network and disk in one thread, until one breaks a promise.

              ./sluice simulate --seeds 100000
              ./sluice simulate --seeds 1 --seed 4711
              ./sluice simulate --transcript --seed 4711

                  --seeds N      How many (20000).
                  --seed FIRST   The first one (1).
                  --transcript   Print every step of that seed instead.""";

    private Simulate() {}

    /** Arguments: {@code --seeds N}, {@code --seed X} for the first one, {@code --transcript} to print a single run. */
    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        long seeds = 20_000;
        long first = 1;
        boolean transcript = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--seeds" -> seeds = Long.parseLong(arguments[++i]);
                case "--seed" -> first = Long.parseLong(arguments[++i]);
                case "--transcript" -> transcript = true;
                case "-h", "--help" -> {
                    System.out.println(USAGE);
                    System.exit(0);
                }
                default -> {
                    System.err.println(USAGE);
                    System.exit(2);
                }
            }
        }
        quiet();
        if (transcript) {
            Simulation.transcriptOf(first).forEach(System.out::println);
            return;
        }
        long began = System.nanoTime();
        var failure = run(first, seeds);
        System.out.printf(
                "%d seeds from %d in %.1f s: %s%n",
                seeds, first, (System.nanoTime() - began) / 1e9, failure == null ? "every promise was kept" : failure);
        System.exit(failure == null ? 0 : 1);
    }

    /** Faults are the everyday life of a simulation: nobody wants to read a log of them. */
    static void quiet() {
        Configurator.setLevel("io.sluice.hub", Level.OFF);
        CACHE.setLevel(java.util.logging.Level.OFF);
    }

    /** The end of {@link #quiet}. */
    static void loud() {
        Configurator.setLevel("io.sluice.hub", Level.INFO);
        CACHE.setLevel(java.util.logging.Level.INFO);
    }

    /** The same as text, for those who loaded this class apart from theirs; the first line says what is broken. */
    static @Nullable String firstFailure(long first, long seeds) {
        for (long seed = first; seed < first + seeds; seed++) {
            var failure = Simulation.play(seed);
            if (failure != null) {
                return failure.toString();
            }
        }
        return null;
    }

    /** Plays {@code seeds} seeds from {@code first} on; gives a failing one, or null. */
    static Simulation.@Nullable Failure run(long first, long seeds) throws InterruptedException, ExecutionException {
        var next = new AtomicLong(first);
        var failure = new AtomicReference<Simulation.@Nullable Failure>();
        int threads = Runtime.getRuntime().availableProcessors();
        try (var progress = Progress.of("seeds", seeds);
                var pool = Executors.newFixedThreadPool(threads)) {
            var runs = new ArrayList<Future<?>>();
            for (int i = 0; i < threads; i++) {
                runs.add(pool.submit(() -> {
                    for (long seed = next.getAndIncrement();
                            seed < first + seeds && failure.get() == null;
                            seed = next.getAndIncrement()) {
                        var found = Simulation.play(seed);
                        if (found != null) {
                            failure.compareAndSet(null, found);
                        }
                        progress.step();
                    }
                }));
            }
            for (var run : runs) {
                run.get();
            }
        }
        return failure.get();
    }
}
