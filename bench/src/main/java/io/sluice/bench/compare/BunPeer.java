package io.sluice.bench.compare;

import io.sluice.bench.NpmScript;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import java.io.IOException;

/** The WebSocket server that Bun brings. */
final class BunPeer implements LibraryPeer {
    private static final NpmScript SCRIPT = new NpmScript("bun", "bun", "1.4.4");

    @Override
    public String name() {
        return "bun";
    }

    @Override
    public String what(Servers servers) {
        return SCRIPT.exactly() + ", no compression, a topic publish";
    }

    @Override
    public ServerProcess start(Servers servers, boolean returning) throws IOException {
        var commands = servers.peers().npm(SCRIPT.library(), SCRIPT.version());
        return SCRIPT.start(servers.peers(), commands.resolve("bun").toString(), ServerProcess.freePort());
    }
}
