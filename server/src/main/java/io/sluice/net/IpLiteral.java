package io.sluice.net;

import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses as text that came from outside: only the usual forms, no names, no scopes, no shortened IPv4. */
public final class IpLiteral {
    private static final Pattern FOUR = Pattern.compile("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    private static final Pattern SIX = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private IpLiteral() {}

    /** Null when {@code text} is no address. */
    public static @Nullable InetAddress parse(String text) {
        boolean six = text.indexOf(':') >= 0;
        if (!(six ? SIX : FOUR).matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException notAnAddress) {
            return null;
        }
    }

    /** 0 to 65535; -1 when {@code text} is no port. */
    public static int port(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int port = Integer.parseInt(text);
        return port <= 65_535 ? port : -1;
    }
}
