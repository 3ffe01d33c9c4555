package io.sluice.config;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * A block of addresses in CIDR form: {@code 10.0.0.0/8}, {@code ::1/128}; a single address stands for itself.
 *
 * @param text as it was written
 */
public record Network(String text) {
    public Network {
        int slash = text.indexOf('/');
        var address = literal(slash < 0 ? text : text.substring(0, slash)).getAddress();
        if (slash >= 0) {
            var length = text.substring(slash + 1);
            if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > address.length * 8) {
                throw malformed(text);
            }
        }
    }

    /** True when {@code address} lies in this block. Who asks often asks its {@link #block}. */
    public boolean contains(InetAddress address) {
        return block().contains(address.getAddress());
    }

    /** The same, taken apart. */
    public Block block() {
        int slash = text.indexOf('/');
        var own = literal(slash < 0 ? text : text.substring(0, slash)).getAddress();
        return new Block(own, slash < 0 ? own.length * 8 : Integer.parseInt(text.substring(slash + 1)));
    }

    /** A block whose addresses begin with the same bits. Immutable. */
    public static final class Block {
        private final byte[] first;
        private final int bits;

        private Block(byte[] first, int bits) {
            this.first = first;
            this.bits = bits;
        }

        /** True when the address of these bytes lies in this block. */
        public boolean contains(byte[] address) {
            int whole = bits / 8;
            if (first.length != address.length || !Arrays.equals(first, 0, whole, address, 0, whole)) {
                return false;
            }
            int rest = bits % 8;
            return rest == 0 || ((first[whole] ^ address[whole]) & (0xff00 >> rest) & 0xff) == 0;
        }
    }

    private static InetAddress literal(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException notAnAddress) {
            throw malformed(text);
        }
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("must be addresses such as 10.0.0.0/8 or ::1, not '" + text + "'");
    }

    @Override
    public String toString() {
        return text;
    }
}
