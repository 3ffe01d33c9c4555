package io.sluice.http;

import static io.sluice.fuzz.FuzzTarget.check;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.sluice.config.Network;
import io.sluice.config.ProxiesConfig;
import io.sluice.config.ProxiesConfig.Header;
import io.sluice.fuzz.FuzzTarget;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whatever a client writes into the field, it is whom its proxy says it is. */
public final class ForwardedFuzz implements FuzzTarget {
    private static final InetSocketAddress PROXY = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 1);
    private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.7");

    @Override
    public void run(byte[] input) {
        var written = new String(input, StandardCharsets.ISO_8859_1).replaceAll("[\\x00-\\x1f\\x7f]", " ");
        for (var header : List.of(Header.X_FORWARDED_FOR, Header.FORWARDED)) {
            var name = header == Header.FORWARDED ? "forwarded" : "x-forwarded-for";
            var own = header == Header.FORWARDED ? "for=192.0.2.7" : "192.0.2.7";
            var proxies = new Proxies(new ProxiesConfig(List.of(new Network("10.0.0.0/8")), false, header));
            var alone = proxies.client(
                    PROXY,
                    DefaultHttpHeadersFactory.headersFactory()
                            .withValidation(false)
                            .newHeaders()
                            .add(name, written));
            var appended = proxies.client(
                    PROXY,
                    DefaultHttpHeadersFactory.headersFactory()
                            .withValidation(false)
                            .newHeaders()
                            .add(name, written + ", " + own));
            var added = proxies.client(
                    PROXY,
                    DefaultHttpHeadersFactory.headersFactory()
                            .withValidation(false)
                            .newHeaders()
                            .add(name, written)
                            .add(name, own));

            check(!alone.isUnresolved(), "a name was taken for an address");
            check(appended.getAddress().equals(CLIENT), "appended to <" + written + "> it is " + appended);
            check(added.getAddress().equals(CLIENT), "added to <" + written + "> it is " + added);
        }
    }
}
