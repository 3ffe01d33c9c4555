package io.sluice.bench.compare;

import io.sluice.bench.NpmScript;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import java.io.IOException;

/** uWebSockets in Node. */
final class UwsPeer implements LibraryPeer {
    @Override
    public String name() {
        return "uws";
    }

    @Override
    public String what(Servers servers) {
        return NpmScript.UWS.exactly() + ", no compression, a topic publish";
    }

    @Override
    public ServerProcess start(Servers servers, boolean returning) throws IOException {
        return NpmScript.UWS.start(servers.peers(), ServerProcess.freePort(), "bare");
    }
}
