package io.sluice.attack;

import java.util.List;
import java.util.stream.Stream;

/** Every attack there is: on a server that knows nobody, and, in {@link CallerAttacks}, on one that wants to know who calls. */
public final class Attacks {
    public static final List<Attack> ON_ANY_SERVER = Stream.of(Http1Attacks.ALL, Http2Attacks.ALL, WebSocketAttacks.ALL)
            .flatMap(List::stream)
            .toList();

    private Attacks() {}
}
