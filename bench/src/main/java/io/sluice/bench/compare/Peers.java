package io.sluice.bench.compare;

import java.util.List;

/** Everything that is compared, in the order of the tables. */
final class Peers {
    static final List<Peer> ALL = List.of(
            new SluicePeer(),
            new NchanPeer(),
            new NatsPeer(),
            new UwsPeer(),
            new BunPeer(),
            new WsPeer(),
            new SocketIoPeer());

    private Peers() {}
}
