package io.sluice.hub.log;

/** The store could not do it: disk full, I/O error, damaged data, closed. The world's fault, not a bug. */
final class StoreFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoreFailed(String what, Throwable cause) {
        super(what, cause);
    }

    StoreFailed(String what) {
        super(what);
    }
}
