package io.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sluice.net.ProxyProtocol.Reading;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers of the PROXY protocol's specification, and what looks like one. */
class ProxyProtocolTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static Reading line(String text) {
        return ProxyProtocol.read(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private static Reading binary(String hex) {
        return ProxyProtocol.read(Unpooled.wrappedBuffer(HexFormat.of().parseHex(SIGNATURE + hex)));
    }

    private static Reading.Complete from(int length, String host, int port) {
        return new Reading.Complete(length, new InetSocketAddress(IpLiteral.parse(host), port));
    }

    @Test
    void readsTheLineOfVersion1() {
        assertThat(line("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\nGET / ")).isEqualTo(from(42, "192.0.2.7", 56324));
        assertThat(line("PROXY TCP6 2001:db8::7 2001:db8::1 4124 443\r\n")).isEqualTo(from(45, "2001:db8::7", 4124));
        assertThat(line("PROXY UNKNOWN\r\nGET")).isEqualTo(new Reading.Complete(15, null));
        assertThat(line("PROXY UNKNOWN ffff:f:f ffff:f:f 65535 65535\r\n")).isEqualTo(new Reading.Complete(45, null));
    }

    @Test
    void readsTheBytesOfVersion2() {
        assertThat(binary("21 11 000c c0000207 c0000201 dc04 01bb 4745".replace(" ", "")))
                .isEqualTo(from(28, "192.0.2.7", 56324));
        assertThat(binary("21 21 0024 20010db8000000000000000000000007 20010db8000000000000000000000001 dc04 01bb"
                        .replace(" ", "")))
                .isEqualTo(from(52, "2001:db8::7", 56324));
        // An extension of version 2 behind the addresses, which is passed over.
        assertThat(binary("21 11 0010 c0000207 c0000201 dc04 01bb 04000161".replace(" ", "")))
                .isEqualTo(from(32, "192.0.2.7", 56324));
        // An IPv4 address in an IPv6 one is that address.
        assertThat(binary("21 21 0024 00000000000000000000ffffc0000207 00000000000000000000ffffc0000201 dc04 01bb"
                        .replace(" ", "")))
                .isEqualTo(from(52, "192.0.2.7", 56324));
    }

    @Test
    void whatIsTheProxysOwnOrHasNoAddressTellsNone() {
        assertThat(binary("20000000")).isEqualTo(new Reading.Complete(16, null));
        assertThat(binary("2011000cc0000207c0000201dc0401bb")).isEqualTo(new Reading.Complete(28, null));
        assertThat(binary("21000000")).isEqualTo(new Reading.Complete(16, null));
    }

    @Test
    void everyBeginningIsIncompleteAndNothingElse() {
        var line = "PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n";
        for (int length = 1; length < line.length(); length++) {
            assertThat(line(line.substring(0, length))).isInstanceOf(Reading.Incomplete.class);
        }
        var whole = HexFormat.of().parseHex(SIGNATURE + "2111000cc0000207c0000201dc0401bb");
        for (int length = 1; length < whole.length; length++) {
            assertThat(ProxyProtocol.read(Unpooled.wrappedBuffer(whole, 0, length)))
                    .isInstanceOf(Reading.Incomplete.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1 | does not begin with a PROXY header",
                "PROXY UDP4 1.2.3.4 1.2.3.4 1 1~ | version 1 knows TCP4, TCP6 and UNKNOWN",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1~ | two addresses and two ports",
                "PROXY TCP4 1.2.3.4  1.2.3.4 1 1~ | two addresses and two ports",
                "PROXY TCP4 ::1 ::1 1 1~ | an address is none of TCP4",
                "PROXY TCP6 1.2.3.4 ::1 1 1~ | an address is none of TCP6",
                "PROXY TCP6 fe80::1%eth0 ::1 1 1~ | an address is none of TCP6",
                "PROXY TCP4 1.2 1.2.3.4 1 1~ | an address is none of TCP4",
                "PROXY TCP4 1.2.3.256 1.2.3.4 1 1~ | an address is none of TCP4",
                "PROXY TCP4 localhost 1.2.3.4 1 1~ | an address is none of TCP4",
                "PROXY TCP4 1.2.3.4 1.2.3.4 65536 1~ | a port is not 0 to 65535",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 +1~ | a port is not 0 to 65535"
            })
    void saysWhatIsWrongWithALine(String text, String why) {
        assertThat(line(text.replace("~", "\r\n")))
                .isInstanceOfSatisfying(
                        Reading.Malformed.class,
                        malformed -> assertThat(malformed.why()).contains(why));
    }

    @Test
    void aLineWithoutAnEndIsNotReadForEver() {
        assertThat(line("PROXY TCP4 " + "1".repeat(95))).isInstanceOf(Reading.Incomplete.class);
        assertThat(line("PROXY TCP4 " + "1".repeat(96))).isInstanceOf(Reading.Malformed.class);
        assertThat(line("PROXY UNKNOWN\n")).isInstanceOf(Reading.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1111000c", "2211000c", "21120000", "21110008c0000207c0000201", "21111001"})
    void refusesBytesOfVersion2(String hex) {
        assertThat(binary(hex)).isInstanceOf(Reading.Malformed.class);
    }
}
