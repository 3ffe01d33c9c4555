package io.sluice.cli;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bar for work that takes long: on standard error, and only in front of a person, so that pipes and logs never see it. It has no
 * colours. Thread-safe; whoever is late to paint does not wait.
 */
public final class Progress implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final int LINE = 78;

    private final Terminal terminal;
    private final String what;
    private final long whole;
    private final boolean shown;
    private final AtomicLong done = new AtomicLong();
    private final ReentrantLock painting = new ReentrantLock();
    private long painted = -1;

    /**
     * Nothing is shown for a single step.
     *
     * @param what the steps are: {@code seeds}, {@code turns}
     */
    public Progress(Terminal terminal, String what, long whole) {
        this.terminal = terminal;
        this.what = what;
        this.whole = whole;
        this.shown = terminal.interactive()
                && whole > 1
                && !"dumb".equals(terminal.environment().get("TERM"));
    }

    /** On the terminal of this process. */
    public static Progress of(String what, long whole) {
        return new Progress(Terminal.ofProcess(), what, whole);
    }

    /** One more step is done. */
    public void step() {
        done.incrementAndGet();
        paint();
    }

    /** So many steps are done altogether. */
    public void done(long steps) {
        done.set(steps);
        paint();
    }

    private void paint() {
        if (!shown || !painting.tryLock()) {
            return;
        }
        try {
            long steps = Math.min(done.get(), whole);
            // A thousand states at most, however many steps there are.
            long state = whole <= 1_000 ? steps : steps * 1_000 / whole;
            if (state != painted) {
                painted = state;
                int filled = (int) (steps * WIDTH / whole);
                var bar = "[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + steps + " of " + whole + " "
                        + what;
                terminal.err().print("\r" + (bar.length() < LINE ? bar : bar.substring(0, LINE)));
                terminal.err().flush();
            }
        } finally {
            painting.unlock();
        }
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        painting.lock();
        try {
            clear();
        } finally {
            painting.unlock();
        }
    }

    private void clear() {
        if (shown && painted >= 0) {
            terminal.err().print("\r" + " ".repeat(LINE) + "\r");
            terminal.err().flush();
        }
    }
}
