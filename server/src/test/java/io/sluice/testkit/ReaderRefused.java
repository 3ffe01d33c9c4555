package io.sluice.testkit;

/** A reader was not let in. */
public final class ReaderRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String code;

    /** @param code the problem's code, such as {@code bad-cursor} */
    public ReaderRefused(String code) {
        super(code);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
