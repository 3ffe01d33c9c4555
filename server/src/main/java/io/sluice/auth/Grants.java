package io.sluice.auth;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What an identity may do, by channel pattern and verb. Immutable; asked in one place, the hub's gate, which it answers
 * without allocating.
 */
public final class Grants {
    public static final Grants NONE = new Grants(List.of());
    public static final Grants ALL = new Grants(List.of(new Grant("*", Set.of(Verb.values()))));

    private static final int LONGEST_PATTERN = 256;

    private final String[] names;
    private final boolean[] prefixes;
    private final int[] verbs;

    private Grants(int count) {
        names = new String[count];
        prefixes = new boolean[count];
        verbs = new int[count];
    }

    public Grants(List<Grant> grants) {
        this(grants.size());
        for (int i = 0; i < names.length; i++) {
            var grant = grants.get(i);
            prefixes[i] = grant.channels.endsWith("*");
            names[i] = prefixes[i] ? grant.channels.substring(0, grant.channels.length() - 1) : grant.channels;
            for (var verb : grant.can) {
                verbs[i] |= verb.bit;
            }
        }
    }

    public boolean allows(Verb verb, String channel) {
        int wanted = verb.bit;
        for (int i = 0; i < names.length; i++) {
            if ((verbs[i] & wanted) != 0 && (prefixes[i] ? channel.startsWith(names[i]) : channel.equals(names[i]))) {
                return true;
            }
        }
        return false;
    }

    /** Writes these grants as {@link #read} reads them. */
    void write(DataOutputStream out) throws IOException {
        out.writeShort(names.length);
        for (int i = 0; i < names.length; i++) {
            out.writeUTF(names[i]);
            out.writeBoolean(prefixes[i]);
            out.writeByte(verbs[i]);
        }
    }

    static Grants read(DataInputStream in) throws IOException {
        var grants = new Grants(in.readUnsignedShort());
        for (int i = 0; i < grants.names.length; i++) {
            grants.names[i] = in.readUTF();
            grants.prefixes[i] = in.readBoolean();
            grants.verbs[i] = in.readUnsignedByte();
        }
        return grants;
    }

    /**
     * One grant.
     *
     * @param channels a channel name, or a prefix followed by {@code *}; at most 256 characters of those that names may have
     */
    public record Grant(String channels, Set<Verb> can) {
        public Grant {
            int star = channels.indexOf('*');
            if (channels.isEmpty() || (star >= 0 && star != channels.length() - 1)) {
                throw new IllegalArgumentException("channels: must be a name, or a prefix followed by *");
            }
            if (channels.length() > LONGEST_PATTERN || !onlyNameCharacters(channels)) {
                throw new IllegalArgumentException(
                        "channels: must be at most 256 characters of those that channel names may have");
            }
            can = Set.copyOf(can);
        }

        private static boolean onlyNameCharacters(String channels) {
            for (int i = 0; i < channels.length(); i++) {
                char c = channels.charAt(i);
                boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                if (!letterOrDigit && "_.:@~-*".indexOf(c) < 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
