package io.sluice.attack;

import java.util.List;
import java.util.stream.Stream;

/** Every attack there is. */
public final class Attacks {
    public static final List<Attack> ALL = Stream.of(Http1Attacks.ALL, Http2Attacks.ALL, WebSocketAttacks.ALL)
            .flatMap(List::stream)
            .toList();

    private Attacks() {}
}
