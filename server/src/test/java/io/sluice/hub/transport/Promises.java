package io.sluice.hub.transport;

import java.util.List;

/**
 * What every reader may rely on, whatever its protocol and whatever engine keeps the channel, each with the test that holds
 * it. docs/reference/promises.md is generated from this list, {@code ClientKind} and the engines.
 */
final class Promises {
    static final List<Promise> ALL = List.of(
            new Promise(
                    "Order",
                    "publications come in the order of their positions, each once",
                    TransportContractTest.class,
                    "deliversWhatIsPublishedInOrder",
                    Runs.PER_CELL),
            new Promise(
                    "Fidelity",
                    "a publication is what was published, to the last character",
                    TransportContractTest.class,
                    "tellsThePublicationAsItWasPublished",
                    Runs.PER_CELL),
            new Promise(
                    "Resume",
                    "who comes back with its last cursor gets what follows, nothing twice, nothing left out",
                    TransportContractTest.class,
                    "goesOnAfterTheLastCursor",
                    Runs.PER_CELL),
            new Promise(
                    "Resume without an event",
                    "a reader has a cursor before it has received anything, and it is as good as any other",
                    TransportContractTest.class,
                    "hasAValidCursorBeforeAnythingWasReceived",
                    Runs.PER_CELL),
            new Promise(
                    "Resume of an empty channel",
                    "the same on a channel that nobody ever published to",
                    TransportContractTest.class,
                    "hasAValidCursorOfAChannelThatNobodyEverPublishedTo",
                    Runs.PER_CELL),
            new Promise(
                    "From the beginning",
                    "`earliest` begins with the oldest publication that is held",
                    TransportContractTest.class,
                    "beginsWithTheOldestWhenAskedForEarliest",
                    Runs.PER_CELL),
            new Promise(
                    "Several channels, one cursor",
                    "one cursor holds the place in every channel of a reader",
                    TransportContractTest.class,
                    "readsSeveralChannelsWithOneCursor",
                    Runs.PER_CELL),
            new Promise(
                    "Change of transport",
                    "a cursor of any protocol resumes on every other, again and again, while publishers publish",
                    TransportSwitchTest.class,
                    "losesRepeatsAndReordersNothing",
                    Runs.ALL_AT_ONCE),
            new Promise(
                    "Gap told first",
                    "what was evicted is told as a gap before anything newer",
                    TransportGapTest.class,
                    "tellsWhatWasEvicted",
                    Runs.PER_CELL),
            new Promise(
                    "A slow reader is alone",
                    "who does not read disturbs nobody, and is told its gap when it reads again",
                    TransportSlowReaderTest.class,
                    "disturbsNobodyAndIsToldWhatItMissed",
                    Runs.PER_CELL),
            new Promise(
                    "Cursor of the future",
                    "a position that the channel has not reached is refused, never misread",
                    TransportContractTest.class,
                    "refusesACursorFromTheFuture",
                    Runs.PER_CELL),
            new Promise(
                    "Cursor of another channel",
                    "a cursor is good for its own channels only",
                    TransportContractTest.class,
                    "refusesACursorOfAnotherChannel",
                    Runs.PER_CELL),
            new Promise(
                    "Nonsense as a cursor",
                    "is refused with `bad-cursor`",
                    TransportContractTest.class,
                    "refusesWhatIsNoCursor",
                    Runs.PER_CELL),
            new Promise(
                    "Unauthenticated",
                    "who shows no token, or a bad one, reads nothing",
                    TransportRefusalTest.class,
                    "refusesWhoDoesNotSayWhoItIs",
                    Runs.PER_CELL),
            new Promise(
                    "Forbidden",
                    "a channel outside the grants is refused, alone or among others",
                    TransportRefusalTest.class,
                    "refusesWhatTheGrantsDoNotHold",
                    Runs.PER_CELL),
            new Promise(
                    "Rate limit",
                    "beyond a rate the refusal says when to come back, and then it is so; other users are not affected",
                    TransportRefusalTest.class,
                    "refusesWhoComesTooOftenAndSaysWhenToComeBack",
                    Runs.PER_CELL),
            new Promise(
                    "Expiry",
                    "a reader reads until its token expires, and goes on with the next token and its cursor",
                    TransportRefusalTest.class,
                    "readsUntilItsTokenExpiresAndGoesOnWithTheNext",
                    Runs.PER_CELL),
            new Promise(
                    "Drain",
                    "a server that goes away lets its readers go, and the next one takes their cursors; what the memory engine "
                            + "lost meanwhile is told as a gap",
                    TransportDrainTest.class,
                    "letsItsReadersGoWithACursorForTheNextServer",
                    Runs.PER_CELL),
            new Promise(
                    "Kill and restart",
                    "after `kill -9` under load, what was acknowledged is there and every reader goes on; the memory engine "
                            + "tells what it lost as a gap",
                    TransportKillTest.class,
                    "everyKindGoesOnAfterKillNine",
                    Runs.ALL_AT_ONCE));

    private Promises() {}

    /** How often a test runs. */
    enum Runs {
        /** Once for each kind of reader on each engine. */
        PER_CELL,
        /** Once for each engine, with all kinds of reader in it. */
        ALL_AT_ONCE
    }

    /**
     * @param meaning a sentence without its full stop
     * @param method the test's
     */
    record Promise(String name, String meaning, Class<?> test, String method, Runs runs) {}
}
