package io.sluice.testkit;

import io.netty.util.ResourceLeakDetector;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Netty's leak detector, which keeps its reports for {@link LeakCheck} beside logging them. Netty makes it by the name in the system
 * property {@code io.netty.customResourceLeakDetector}.
 */
public final class FailingLeakDetector<T> extends ResourceLeakDetector<T> {
    private static final int MOST = 20;
    private static final BlockingQueue<String> LEAKS = new ArrayBlockingQueue<>(MOST);

    public FailingLeakDetector(Class<?> resource, int samplingInterval) {
        super(resource, samplingInterval);
    }

    /** What Netty looks for first; it no longer uses the last number. */
    public FailingLeakDetector(Class<?> resource, int samplingInterval, long ignored) {
        super(resource, samplingInterval);
    }

    /** Takes the reports that have come; the first twenty since the last call. */
    static void drainTo(Collection<String> leaks) {
        LEAKS.drainTo(leaks);
    }

    @Override
    protected void reportTracedLeak(String resource, String records) {
        super.reportTracedLeak(resource, records);
        LEAKS.offer(resource + records);
    }

    @Override
    protected void reportUntracedLeak(String resource) {
        super.reportUntracedLeak(resource);
        LEAKS.offer(resource);
    }
}
