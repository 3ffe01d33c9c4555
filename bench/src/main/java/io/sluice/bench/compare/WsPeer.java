package io.sluice.bench.compare;

import io.sluice.bench.NpmScript;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import java.io.IOException;

/** ws, what most Node servers use. */
final class WsPeer implements LibraryPeer {
    @Override
    public String name() {
        return "ws";
    }

    @Override
    public String what(Servers servers) {
        return NpmScript.WS.exactly() + ", no compression, one send for each client";
    }

    @Override
    public ServerProcess start(Servers servers, boolean returning) throws IOException {
        return NpmScript.WS.start(servers.peers(), ServerProcess.freePort(), "bare");
    }
}
