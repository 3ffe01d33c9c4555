package io.sluice.testkit;

import java.util.ArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the class after which a leaked buffer was reported. A leak is found when the collector finds it, so it may be an earlier
 * class's; the report says where the buffer was made and last touched.
 */
public final class LeakCheck implements AfterAllCallback {
    @Override
    public void afterAll(ExtensionContext context) {
        var leaks = new ArrayList<String>();
        FailingLeakDetector.drainTo(leaks);
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " leaked:\n" + String.join("\n", leaks));
        }
    }
}
