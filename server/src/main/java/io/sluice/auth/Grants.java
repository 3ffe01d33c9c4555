package io.sluice.auth;

import java.util.List;
import java.util.Set;

/** What an identity may do, by channel pattern and verb. Immutable; asked in one place, the hub's gate. */
public final class Grants {
    public static final Grants NONE = new Grants(List.of());
    public static final Grants ALL = new Grants(List.of(new Grant("*", Set.of(Verb.values()))));

    private final List<Grant> grants;

    public Grants(List<Grant> grants) {
        this.grants = List.copyOf(grants);
    }

    public boolean allows(Verb verb, String channel) {
        for (int i = 0; i < grants.size(); i++) {
            var grant = grants.get(i);
            if (grant.can.contains(verb) && grant.covers(channel)) {
                return true;
            }
        }
        return false;
    }

    /**
     * One grant.
     *
     * @param channels a channel name, or a prefix followed by {@code *}
     */
    public record Grant(String channels, Set<Verb> can) {
        public Grant {
            int star = channels.indexOf('*');
            if (channels.isEmpty() || (star >= 0 && star != channels.length() - 1)) {
                throw new IllegalArgumentException("channels: must be a name, or a prefix followed by *");
            }
            can = Set.copyOf(can);
        }

        boolean covers(String channel) {
            int last = channels.length() - 1;
            return channels.charAt(last) == '*'
                    ? channel.regionMatches(0, channels, 0, last)
                    : channel.equals(channels);
        }
    }
}
