package io.sluice.hub;

import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import org.jspecify.annotations.Nullable;

/** Where in a channel a reader wants to begin, as it said it: {@code earliest}, {@code latest} or after a position. */
public sealed interface Start {
    /** Before the oldest publication that is held. */
    record Earliest() implements Start {}

    /** After the newest publication. */
    record Latest() implements Start {}

    record After(Position position) implements Start {}

    /**
     * Where a reader really begins.
     *
     * @param next the offset of the first publication that it gets
     * @param gap what it will not get, or null when nothing is missing
     */
    record Begun(long next, @Nullable Gap gap) {
        /** The position before {@link #next}: a valid cursor even if nothing ever comes. */
        Position position(ChannelLog log) {
            return new Position(log.epoch(), next - 1);
        }
    }

    /** What a start amounts to in a log: a place to begin, or the refusal of a cursor that is not this channel's. */
    sealed interface Resolved {
        record At(Begun begun) implements Resolved {}

        record Bad(Problem problem) implements Resolved {}
    }

    /** Finds the place of this start in {@code log}. */
    default Resolved resolve(ChannelLog log) {
        return switch (this) {
            case Latest() -> new Resolved.At(new Begun(log.newest() + 1, null));
            case Earliest() -> new Resolved.At(new Begun(log.oldest(), null));
            case After(var position) -> after(position, log);
        };
    }

    private static Resolved after(Position position, ChannelLog log) {
        if (!Epoch.belongsTo(position.epoch(), log.name())) {
            return bad("is of another channel than " + log.name());
        }
        long oldest = log.oldest();
        if (position.epoch() != log.epoch()) {
            var from = new Position(position.epoch(), position.offset() + 1);
            return new Resolved.At(new Begun(oldest, new Gap(log.name(), from, new Position(log.epoch(), oldest - 1))));
        }
        if (position.offset() > log.newest()) {
            return bad("lies in the future of " + log.name());
        }
        long next = position.offset() + 1;
        if (next >= oldest) {
            return new Resolved.At(new Begun(next, null));
        }
        return new Resolved.At(new Begun(
                oldest, new Gap(log.name(), new Position(log.epoch(), next), new Position(log.epoch(), oldest - 1))));
    }

    private static Resolved bad(String what) {
        return new Resolved.Bad(Problem.of(ClientError.BAD_CURSOR, "the cursor " + what));
    }
}
