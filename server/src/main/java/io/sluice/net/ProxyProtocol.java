package io.sluice.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The header with which a proxy begins a connection to tell whose it is: the PROXY protocol, versions 1 (a line of text) and 2
 * (binary). Its extensions are passed over.
 */
final class ProxyProtocol {
    /** The whole line of version 1, as its specification bounds it. */
    static final int MAX_LINE = 107;
    /** What version 2 may hold behind its first 16 bytes: addresses and extensions. */
    static final int MAX_REST = 4096;

    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    private static final byte[] PREFIX = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED = SIGNATURE.length + 4;
    private static final int TCP_4 = 0x11;
    private static final int TCP_6 = 0x21;
    private static final int UNIX_STREAM = 0x31;
    private static final int UNSPECIFIED = 0x00;

    private ProxyProtocol() {}

    /** What has come of a header so far. */
    sealed interface Reading {
        /**
         * All of it.
         *
         * @param client whose connection it is; null where it is the proxy's own, or of nobody that has an address
         */
        record Complete(int length, @Nullable InetSocketAddress client) implements Reading {}

        /** What is there may become one. */
        record Incomplete() implements Reading {}

        /** What is there is none, and becomes none. */
        record Malformed(String why) implements Reading {}
    }

    private static final Reading INCOMPLETE = new Reading.Incomplete();

    /** Reads from the reader index on, without moving it. */
    static Reading read(ByteBuf bytes) {
        if (begins(bytes, SIGNATURE)) {
            return bytes.readableBytes() < FIXED ? INCOMPLETE : binary(bytes);
        }
        if (begins(bytes, PREFIX)) {
            return bytes.readableBytes() < PREFIX.length ? INCOMPLETE : line(bytes);
        }
        return new Reading.Malformed("the connection does not begin with a PROXY header");
    }

    /** True when {@code bytes} begins with {@code prefix}, as far as it goes. */
    private static boolean begins(ByteBuf bytes, byte[] prefix) {
        int length = Math.min(bytes.readableBytes(), prefix.length);
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    // ---- version 1

    private static Reading line(ByteBuf bytes) {
        int longest = Math.min(bytes.readableBytes(), MAX_LINE);
        int end = bytes.indexOf(bytes.readerIndex(), bytes.readerIndex() + longest, (byte) '\n');
        if (end < 0) {
            return longest < MAX_LINE
                    ? INCOMPLETE
                    : new Reading.Malformed("the line of version 1 is longer than " + MAX_LINE + " bytes");
        }
        int length = end + 1 - bytes.readerIndex();
        var text = bytes.toString(bytes.readerIndex(), length, StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\r\n")) {
            return new Reading.Malformed("the line of version 1 does not end with CR LF");
        }
        var words = text.substring(0, length - 2).split(" ", -1);
        return switch (words[1]) {
            case "UNKNOWN" -> new Reading.Complete(length, null);
            case "TCP4", "TCP6" -> addresses(words, length);
            default -> new Reading.Malformed("version 1 knows TCP4, TCP6 and UNKNOWN");
        };
    }

    private static Reading addresses(String[] words, int length) {
        if (words.length != 6) {
            return new Reading.Malformed(words[1] + " is followed by two addresses and two ports");
        }
        boolean six = words[1].equals("TCP6");
        var source = IpLiteral.parse(words[2]);
        var target = IpLiteral.parse(words[3]);
        if (source == null
                || target == null
                || words[2].indexOf(':') >= 0 != six
                || words[3].indexOf(':') >= 0 != six) {
            return new Reading.Malformed("an address is none of " + words[1]);
        }
        int port = IpLiteral.port(words[4]);
        if (port < 0 || IpLiteral.port(words[5]) < 0) {
            return new Reading.Malformed("a port is not 0 to 65535");
        }
        return new Reading.Complete(length, new InetSocketAddress(source, port));
    }

    // ---- version 2

    private static Reading binary(ByteBuf bytes) {
        int at = bytes.readerIndex() + SIGNATURE.length;
        int versionAndCommand = bytes.getUnsignedByte(at);
        int kind = bytes.getUnsignedByte(at + 1);
        int rest = bytes.getUnsignedShort(at + 2);
        if (versionAndCommand >> 4 != 2) {
            return new Reading.Malformed(
                    "version " + (versionAndCommand >> 4) + " is not known behind version 2's signature");
        }
        if ((versionAndCommand & 0xf) > 1) {
            return new Reading.Malformed("command " + (versionAndCommand & 0xf) + " is neither LOCAL nor PROXY");
        }
        if (rest > MAX_REST) {
            return new Reading.Malformed("version 2 holds " + rest + " bytes, more than " + MAX_REST);
        }
        int length = FIXED + rest;
        if (bytes.readableBytes() < length) {
            return INCOMPLETE;
        }
        if ((versionAndCommand & 0xf) == 0) {
            return new Reading.Complete(length, null);
        }
        return switch (kind) {
            case TCP_4 -> addresses(bytes, 4, rest);
            case TCP_6 -> addresses(bytes, 16, rest);
            case UNSPECIFIED, UNIX_STREAM -> new Reading.Complete(length, null);
            default -> new Reading.Malformed("family and protocol 0x%02x are not of a TCP connection".formatted(kind));
        };
    }

    private static Reading addresses(ByteBuf bytes, int width, int rest) {
        if (rest < 2 * width + 4) {
            return new Reading.Malformed("version 2 holds " + rest + " bytes, too few for its addresses");
        }
        int at = bytes.readerIndex() + FIXED;
        var address = ByteBufUtil.getBytes(bytes, at, width);
        int port = bytes.getUnsignedShort(at + 2 * width);
        try {
            return new Reading.Complete(FIXED + rest, new InetSocketAddress(InetAddress.getByAddress(address), port));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
