package io.sluice.hub;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is in one channel: users, not sessions. A user joins with the first session and has left when the last one was gone
 * for the grace, so several tabs and a quick reconnect are one stay. Thread-safe by a leaf lock.
 */
final class Presence {
    private final long graceNanos;
    private final Map<String, Stay> stays = new HashMap<>();

    Presence(long graceNanos) {
        this.graceNanos = graceNanos;
    }

    /** One user who is there. */
    record Member(String user, int sessions, Instant since) {}

    /** One more session of {@code user}; true when that is a join. */
    synchronized boolean enter(String user, Instant now) {
        var stay = stays.get(user);
        if (stay == null) {
            stay = new Stay(now);
            stays.put(user, stay);
            stay.sessions = 1;
            return true;
        }
        stay.sessions++;
        return false;
    }

    /**
     * One session less of {@code user}; true when it was the last: the leave then comes from {@link #leavers} when the grace has
     * passed.
     */
    synchronized boolean exit(String user, long nowNanos) {
        var stay = stays.get(user);
        if (stay == null || --stay.sessions > 0) {
            return false;
        }
        stay.goneNanos = nowNanos;
        return true;
    }

    /** True while somebody is inside the grace. */
    synchronized boolean isLeaving() {
        return stays.values().stream().anyMatch(stay -> stay.sessions == 0);
    }

    /** Those whose grace has passed: they have left. Called about once a second. */
    synchronized List<String> leavers(long nowNanos) {
        if (stays.isEmpty()) {
            return List.of();
        }
        var left = new ArrayList<String>();
        stays.entrySet().removeIf(entry -> {
            boolean gone = entry.getValue().sessions == 0 && nowNanos - entry.getValue().goneNanos >= graceNanos;
            if (gone) {
                left.add(entry.getKey());
            }
            return gone;
        });
        return left;
    }

    /** Everybody who is there, those inside their grace included, by name. */
    synchronized List<Member> members() {
        var members = new ArrayList<Member>();
        stays.forEach((user, stay) -> members.add(new Member(user, stay.sessions, stay.since)));
        members.sort((a, b) -> a.user().compareTo(b.user()));
        return members;
    }

    synchronized boolean isEmpty() {
        return stays.isEmpty();
    }

    private static final class Stay {
        final Instant since;
        int sessions;
        long goneNanos;

        Stay(Instant since) {
            this.since = since;
        }
    }
}
