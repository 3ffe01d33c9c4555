package io.sluice.limit;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What an address counts as: an IPv4 address for itself, an IPv6 address for its /64, which is what one household or machine
 * is given and can fill with addresses at will (RFC 6177).
 *
 * @param bits the IPv4 address, or the first 64 bits of the IPv6 address
 */
record AddressKey(boolean six, long bits) {
    static AddressKey of(InetAddress address) {
        var bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address
                ? new AddressKey(false, bytes.getInt())
                : new AddressKey(true, bytes.getLong());
    }
}
