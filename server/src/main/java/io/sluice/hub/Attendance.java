package io.sluice.hub;

import io.sluice.auth.Identity;
import io.sluice.net.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells a channel's readers who joins it at once, and who has left it when the grace has passed. Only channels that somebody
 * is leaving are looked at for that. Thread-safe.
 */
final class Attendance {
    private final Clock clock;
    private final Set<HubChannel> leaving = ConcurrentHashMap.newKeySet();

    Attendance(Clock clock) {
        this.clock = clock;
    }

    void enter(HubChannel channel, Identity identity) {
        var user = identity.user();
        if (user != null && channel.settings().presence() && channel.presence().enter(user, clock.now())) {
            channel.fanOut().notice(new Notice.Presence(channel.name(), true, user));
        }
    }

    void exit(HubChannel channel, Identity identity) {
        var user = identity.user();
        if (user != null && channel.settings().presence() && channel.presence().exit(user, clock.nanos())) {
            leaving.add(channel);
        }
    }

    /** Lets go of those who left. Called about once a second by one thread. */
    void sweep(long nowNanos) {
        for (var channel : List.copyOf(leaving)) {
            leaving.remove(channel); // first: whose exit comes meanwhile puts it back
            for (var user : channel.presence().leavers(nowNanos)) {
                channel.fanOut().notice(new Notice.Presence(channel.name(), false, user));
            }
            if (channel.presence().isLeaving()) {
                leaving.add(channel);
            }
        }
    }
}
