package io.sluice.cli;

/** A bar for work that takes long, on standard error and only in front of a person. */
final class Progress implements AutoCloseable {
    private static final int WIDTH = 30;

    private final Terminal terminal;
    private final int whole;
    private final boolean shown;
    private int cells = -1;

    /** Nothing is shown for a single step. */
    Progress(Terminal terminal, int whole) {
        this.terminal = terminal;
        this.whole = whole;
        this.shown = terminal.interactive() && whole > 1;
    }

    void done(int steps) {
        int filled = (int) ((long) steps * WIDTH / whole);
        if (shown && filled != cells) {
            cells = filled;
            terminal.err()
                    .print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + steps + " of " + whole);
            terminal.err().flush();
        }
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (shown) {
            terminal.err().print("\r" + " ".repeat(WIDTH + 30) + "\r");
            terminal.err().flush();
        }
    }
}
