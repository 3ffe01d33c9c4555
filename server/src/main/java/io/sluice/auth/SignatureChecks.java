package io.sluice.auth;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where signatures of public keys are checked: each takes up to milliseconds of a processor, which an event loop must not
 * spend. As many threads as half the processors, at least one; beyond {@link #MOST_WAITING} further checks are refused.
 */
final class SignatureChecks implements AutoCloseable {
    static final int MOST_WAITING = 2_000;

    private final ThreadPoolExecutor threads;

    SignatureChecks() {
        int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        threads = new ThreadPoolExecutor(
                count,
                count,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                Thread.ofPlatform().name("sluice-signatures-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Runs {@code check} soon; false when too many wait. */
    boolean begin(Runnable check) {
        try {
            threads.execute(check);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
