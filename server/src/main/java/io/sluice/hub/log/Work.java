package io.sluice.hub.log;

import io.sluice.http.Problem;
import io.sluice.hub.Appended;
import io.sluice.hub.Draft;
import io.sluice.hub.KeyedState;
import java.util.List;
import java.util.function.Consumer;

/** What waits for the writer's next turn. */
sealed interface Work {
    int OVERHEAD = 256;

    /** About how much memory it holds while it waits. */
    default int bytes() {
        return OVERHEAD;
    }

    /** Answers that it was not done. */
    void refuse(Problem problem);

    record Append(DiskChannelLog log, Draft draft, long fingerprint, Consumer<Appended> answer) implements Work {
        @Override
        public int bytes() {
            return OVERHEAD + draft.payload().bytes().length;
        }

        @Override
        public void refuse(Problem problem) {
            answer(new Appended.Refused(problem));
        }

        void answer(Appended appended) {
            log.leave(); // first: whoever has the answer may let go of the log
            Callbacks.run(() -> answer.accept(appended));
        }
    }

    record Update(List<KeyedState.Change> changes, Consumer<Boolean> done) implements Work {
        @Override
        public int bytes() {
            int bytes = OVERHEAD;
            for (var change : changes) {
                bytes += switch (change) {
                    case KeyedState.Put put -> put.value().length;
                    case KeyedState.Merge merge -> merge.value().length;
                    case KeyedState.Delete delete -> 0;
                };
            }
            return bytes;
        }

        @Override
        public void refuse(Problem problem) {
            answer(false);
        }

        void answer(boolean stored) {
            Callbacks.run(() -> done.accept(stored));
        }
    }

    /** Starts the load of a channel behind everything that was written before. */
    record Open(Runnable load, Consumer<Problem> refused) implements Work {
        @Override
        public void refuse(Problem problem) {
            Callbacks.run(() -> refused.accept(problem));
        }
    }
}
