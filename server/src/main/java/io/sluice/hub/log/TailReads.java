package io.sluice.hub.log;

import io.sluice.hub.HotTail;
import io.sluice.hub.Publication;
import java.util.ArrayList;
import java.util.List;

/** Batches out of a tail in memory. */
final class TailReads {
    private TailReads() {}

    /** What {@code tail} holds after {@code after}, consecutive; starts at its oldest when that is later. */
    static List<Publication> since(HotTail tail, long after, int limit, int maxBytes) {
        var found = new ArrayList<Publication>();
        while (true) {
            long newest = tail.newest();
            if (after >= newest) {
                return found;
            }
            long start = Math.max(after + 1, tail.oldest());
            collect(tail, start, newest, limit, maxBytes, found);
            if (!found.isEmpty() || start > newest) {
                return found;
            }
        }
    }

    /** Adds {@code start} and what follows it to {@code found} until a limit, {@code newest} or what has left meanwhile. */
    static void collect(HotTail tail, long start, long newest, int limit, int maxBytes, List<Publication> found) {
        long bytes = 0;
        for (var each : found) {
            bytes += each.weight();
        }
        for (long offset = start; offset <= newest && found.size() < limit; offset++) {
            var publication = tail.peek(offset);
            if (publication == null) {
                return;
            }
            bytes += publication.weight();
            if (bytes > maxBytes && !found.isEmpty()) {
                return;
            }
            found.add(publication);
        }
    }
}
