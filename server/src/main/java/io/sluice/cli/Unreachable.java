package io.sluice.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;

/** Says in one line why no server answered. */
final class Unreachable {
    private Unreachable() {}

    static String line(URI server, IOException failure) {
        if (failure instanceof ConnectException) {
            return "nothing answers at " + server + "; is the server running? (sluice demo)";
        }
        return "no answer from " + server + ": "
                + (failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());
    }
}
