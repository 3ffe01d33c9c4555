package io.sluice.bench.compare;

import io.sluice.bench.Protocol;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import java.io.IOException;

/**
 * A server that is compared: how it is had and started, and how its readers and publishers talk. One file each, and one line in
 * {@link Peers}.
 */
interface Peer extends Protocol {
    /** What runs, with versions and what was set; for the page, once it has been started. */
    String what(Servers servers) throws IOException;

    /** What it promises a reader that was away. */
    String promise();

    /**
     * Installs what is missing and starts it on the servers' CPUs. An IOException says why it cannot be had on this machine.
     *
     * @param returning true when its readers will be cut and come back: what helps them then is switched on
     */
    ServerProcess start(Servers servers, boolean returning) throws IOException;

    /**
     * How long its usual client waits before it connects again.
     *
     * @param failures attempts that failed since the connection broke
     * @param random from 0 up to, not including, 1
     */
    double pauseSeconds(int failures, double random);

    /** That client's name and its waits, in words. */
    String client();
}
