package io.sluice.cli;

/** A command could not do what it was asked to; the message is the one line that the user sees. */
final class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailed(String message) {
        super(message, null, false, false);
    }
}
