package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.config.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses a webhook may reach. */
final class WebhookTargetsTest {
    private static final long PATIENCE = 5_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "100.100.100.200",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "168.63.129.16",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:0:127.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:2::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:a9fe:a9fe::1",
                "2620:4f:8000::1",
                "3fff::1",
                "4000::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void anAddressThatIsNotPublicIsRefused(String address) throws UnknownHostException {
        try (var targets = targets(List.of(), host -> new InetAddress[] {InetAddress.ofLiteral(address)})) {
            assertThatThrownBy(() -> targets.resolve("endpoint.example"))
                    .isInstanceOf(WebhookTargets.AddressRefused.class);
            assertThat(targets.mayBeCalled(address.indexOf(':') < 0 ? address : "[" + address + "]"))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1",
                        "169.253.255.255",
                "192.169.0.1", "198.20.0.1", "223.255.255.255", "::ffff:8.8.8.8", "2606:4700::1", "2a00:1450::1",
                        "2001:4860::1"
            })
    void aPublicAddressIsReached(String address) throws UnknownHostException {
        try (var targets = targets(List.of(), host -> new InetAddress[] {InetAddress.ofLiteral(address)})) {
            assertThat(targets.resolve("endpoint.example")).containsExactly(InetAddress.ofLiteral(address));
        }
    }

    @Test
    void oneBadAddressAmongGoodOnesIsEnough() {
        WebhookTargets.Lookup both =
                host -> new InetAddress[] {InetAddress.ofLiteral("8.8.8.8"), InetAddress.ofLiteral("10.0.0.1")};

        try (var targets = targets(List.of(), both)) {
            assertThatThrownBy(() -> targets.resolve("endpoint.example"))
                    .isInstanceOf(WebhookTargets.AddressRefused.class);
        }
    }

    @Test
    void whatIsAllowedIsReachedAndNothingElse() throws UnknownHostException {
        var allowed = List.of(new Network("10.1.0.0/16"), new Network("fd00::/8"));

        try (var targets = targets(allowed, host -> new InetAddress[] {InetAddress.ofLiteral(host)})) {
            assertThat(targets.resolve("10.1.2.3")).hasSize(1);
            assertThat(targets.resolve("[fd00::1]")).hasSize(1);
            assertThatThrownBy(() -> targets.resolve("10.2.0.1")).isInstanceOf(WebhookTargets.AddressRefused.class);
            assertThatThrownBy(() -> targets.resolve("::1")).isInstanceOf(WebhookTargets.AddressRefused.class);
        }
    }

    @Test
    void addressesInOtherSpellingsAreJudgedByWhatTheyAre() {
        try (var targets = targets(List.of(), InetAddress::getAllByName)) {
            for (var spelling : List.of("127.1", "2130706433", "localhost", "0")) {
                assertThatThrownBy(() -> targets.resolve(spelling))
                        .as(spelling)
                        .isInstanceOf(UnknownHostException.class);
            }
        }
    }

    @Test
    void aNameIsLookedUpAnewForEachConnectionAndJudgedEachTime() throws UnknownHostException {
        var asked = new AtomicInteger();
        WebhookTargets.Lookup rebinding = host ->
                new InetAddress[] {InetAddress.ofLiteral(asked.getAndIncrement() == 0 ? "8.8.8.8" : "127.0.0.1")};

        try (var targets = targets(List.of(), rebinding)) {
            assertThat(targets.resolve("rebinds.example")).containsExactly(InetAddress.ofLiteral("8.8.8.8"));
            assertThatThrownBy(() -> targets.resolve("rebinds.example"))
                    .isInstanceOf(WebhookTargets.AddressRefused.class);
        }
    }

    @Test
    void aLookUpThatHangsIsNotWaitedForAndHoldsNobodyElseUp() throws UnknownHostException {
        var never = new CountDownLatch(1);
        WebhookTargets.Lookup lookup = host -> {
            if (host.startsWith("slow")) {
                try {
                    never.await();
                } catch (InterruptedException ended) {
                    throw new UnknownHostException(host);
                }
            }
            return new InetAddress[] {InetAddress.ofLiteral("8.8.8.8")};
        };

        try (var targets = new WebhookTargets(List.of(), lookup, 50)) {
            assertThatThrownBy(() -> targets.resolve("slow.example")).isInstanceOf(UnknownHostException.class);
            assertThatThrownBy(() -> targets.resolve("slow.example")).isInstanceOf(UnknownHostException.class);
            assertThat(targets.resolve("quick.example")).hasSize(1);
        }
    }

    @Test
    void aNameWithoutAddressesIsUnknown() {
        try (var targets = targets(List.of(), host -> new InetAddress[0])) {
            assertThatThrownBy(() -> targets.resolve("nobody.example")).isInstanceOf(UnknownHostException.class);
        }
    }

    private static WebhookTargets targets(List<Network> allowed, WebhookTargets.Lookup lookup) {
        return new WebhookTargets(allowed, lookup, PATIENCE);
    }
}
