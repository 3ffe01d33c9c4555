package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.sluice.config.Network;
import io.sluice.config.ProxiesConfig;
import io.sluice.config.ProxiesConfig.Header;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose a request is that came through proxies. */
class ProxiesTest {
    private static final String PROXY = "10.0.0.1";

    /** @param lines of the field, in their order */
    private static String client(Header header, String connection, String... lines) {
        var proxies = new Proxies(
                new ProxiesConfig(List.of(new Network("10.0.0.0/8"), new Network("fd00::/8")), false, header));
        var fields = new DefaultHttpHeaders();
        for (var line : lines) {
            fields.add(header == Header.FORWARDED ? "forwarded" : "x-forwarded-for", line);
        }
        var from = new InetSocketAddress(InetAddress.ofLiteral(connection), 4711);
        return proxies.client(from, fields).getAddress().getHostAddress();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.7 | 192.0.2.7",
                "192.0.2.7:5060 | 192.0.2.7",
                "2001:db8::7 | 2001:db8:0:0:0:0:0:7",
                "[2001:db8::7] | 2001:db8:0:0:0:0:0:7",
                "[2001:db8::7]:443 | 2001:db8:0:0:0:0:0:7",
                "::ffff:192.0.2.7 | 192.0.2.7",
                "6.6.6.6, 192.0.2.7 | 192.0.2.7",
                "6.6.6.6,192.0.2.7 , 10.1.1.1, fd00::1 | 192.0.2.7",
                "10.9.9.9, 10.1.1.1 | 10.9.9.9",
            })
    void fromTheRightTheFirstThatIsNotTrusted(String field, String client) {
        assertThat(client(Header.X_FORWARDED_FOR, PROXY, field)).isEqualTo(client);
    }

    @Test
    void severalFieldsAreOneList() {
        assertThat(client(Header.X_FORWARDED_FOR, PROXY, "6.6.6.6", "192.0.2.7", "10.1.1.1"))
                .isEqualTo("192.0.2.7");
    }

    @Test
    void whoIsNotTrustedIsBelievedNothing() {
        assertThat(client(Header.X_FORWARDED_FOR, "192.0.2.9", "6.6.6.6")).isEqualTo("192.0.2.9");
    }

    @Test
    void theOtherFieldIsNotLookedAt() {
        var proxies = new Proxies(new ProxiesConfig(List.of(new Network(PROXY)), false, Header.X_FORWARDED_FOR));
        var connection = new InetSocketAddress(InetAddress.ofLiteral(PROXY), 1);
        var fields = new DefaultHttpHeaders().add("forwarded", "for=6.6.6.6");

        assertThat(proxies.client(connection, fields)).isEqualTo(connection);
        assertThat(client(Header.NONE, PROXY, "6.6.6.6")).isEqualTo(PROXY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "for=192.0.2.7 | 192.0.2.7",
                "For=\"192.0.2.7:80\";proto=https | 192.0.2.7",
                "by=10.0.0.2; for=\"[2001:db8::7]:1\" ;host=x | 2001:db8:0:0:0:0:0:7",
                "for=6.6.6.6, for=192.0.2.7, for=10.1.1.1;by=10.0.0.1 | 192.0.2.7",
                // A client's open quote hides nothing of what the proxies wrote behind it.
                "for=\"6.6.6.6, for=192.0.2.7 | 192.0.2.7",
            })
    void forwardedIsReadAsItsRfcSays(String field, String client) {
        assertThat(client(Header.FORWARDED, PROXY, field)).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource({"unknown", "_hidden", "1.2.3", "1.2.3.4:99999", "[::1", "fe80::1%lo", "localhost", "[::1]x", "''"})
    void whatIsNoAddressEndsAtTheProxyThatWroteIt(String node) {
        assertThat(client(Header.X_FORWARDED_FOR, PROXY, "192.0.2.7, " + node)).isEqualTo(PROXY);
        assertThat(client(Header.X_FORWARDED_FOR, PROXY, "192.0.2.7, " + node + ", 10.1.1.1"))
                .isEqualTo("10.1.1.1");
        assertThat(client(Header.FORWARDED, PROXY, "for=192.0.2.7, for=" + node))
                .isEqualTo(PROXY);
        assertThat(client(Header.FORWARDED, PROXY, "for=192.0.2.7, proto=https"))
                .isEqualTo(PROXY);
    }

    @Test
    void aChainIsFollowedSoFarAndNoFurther() {
        assertThat(client(Header.X_FORWARDED_FOR, PROXY, "192.0.2.7" + ", 10.1.1.1".repeat(15)))
                .isEqualTo("192.0.2.7");
        assertThat(client(Header.X_FORWARDED_FOR, PROXY, "192.0.2.7" + ", 10.1.1.1".repeat(16)))
                .isEqualTo("10.1.1.1");
    }
}
