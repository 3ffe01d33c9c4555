package io.sluice.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A server that is a script of {@code peers/} on a package of npm.
 *
 * @param name the script's, without its ending
 * @param version exactly this one
 */
public record NpmScript(String name, String library, String version) {
    public static final NpmScript UWS = new NpmScript("uws", "uws-pack", "20.0.8");
    public static final NpmScript WS = new NpmScript("ws", "ws", "8.23.0");

    /**
     * Installs it and starts it in Node.
     *
     * @param arguments behind the port
     */
    public ServerProcess start(PeerFolder folder, int port, String... arguments) throws IOException {
        folder.npm(library, version);
        return start(folder, "node", port, arguments);
    }

    /** Starts what is installed in another runtime. */
    public ServerProcess start(PeerFolder folder, String runtime, int port, String... arguments) throws IOException {
        var command =
                new ArrayList<>(List.of(runtime, folder.script(name + ".mjs").toString(), Integer.toString(port)));
        command.addAll(List.of(arguments));
        return folder.start(name, port, command);
    }

    /** With its version, as a page names it. */
    public String exactly() {
        return library + " " + version + " of npm";
    }
}
