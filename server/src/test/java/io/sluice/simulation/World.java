package io.sluice.simulation;

import io.sluice.testkit.ManualClock;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a client sees of the simulation it is in. */
interface World {
    /** Null while none runs. */
    @Nullable
    SimulatedServer server();

    ManualClock clock();

    Random random();

    Truth truth();

    /** How many bytes the network takes on a new connection before the server must wait. */
    int window();

    /** Data that nobody has published before, for a publication without a key. */
    String newData();

    /** Notes a line of the transcript. */
    void said(String format, Object... arguments);

    /** A reader was refused: is that excused by a fault? */
    void refused(Reader reader, Connection.Answer answer);

    void refused(Reader reader, String code, String detail);

    /** A WebSocket was closed with this code. */
    void closed(Reader reader, int code);

    /** A client was told when to come back, in milliseconds. */
    void hinted(int waitMillis);
}
