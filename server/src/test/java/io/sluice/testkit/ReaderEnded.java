package io.sluice.testkit;

/** The server, or the way to it, ended what a client was reading. */
public final class ReaderEnded extends AssertionError {
    private static final long serialVersionUID = 1;

    private final String why;

    /** @param why the problem's code as the protocol tells it, such as {@code draining}; empty where it has no words for it */
    public ReaderEnded(String why, String message) {
        super(message);
        this.why = why;
    }

    public String why() {
        return why;
    }
}
