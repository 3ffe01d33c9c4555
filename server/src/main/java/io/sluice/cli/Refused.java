package io.sluice.cli;

import io.sluice.client.ProblemCode;
import io.sluice.client.SluiceException;
import java.net.URI;

/** Says in one line why a server did not do what it was asked to. */
final class Refused {
    private Refused() {}

    static String line(URI server, SluiceException refused) {
        if (refused.code() == ProblemCode.UNREACHABLE) {
            return "nothing answers at " + server + "; is the server running? (sluice demo)";
        }
        return "no success at " + server + ": " + refused.getMessage();
    }
}
