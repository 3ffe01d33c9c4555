package io.sluice.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.ConfigReader;
import io.sluice.http.Abuse;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.testkit.ManualClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final InetAddress HOME = InetAddress.ofLiteral("203.0.113.7");

    private final ManualClock clock = new ManualClock();

    @Test
    void aUsersConnectionsShareAndOthersAreNotAffected() {
        var limits = limits("user: {publishes: 3/10s}");

        var phone = limits.ofSession(HOME, "alice", null);
        var desk = limits.ofRequest(InetAddress.ofLiteral("198.51.100.1"), "alice", null);
        phone.publish(10);
        phone.publish(10);
        desk.publish(10);

        assertLimited(phone.publish(10), "user-publishes", 3);
        assertLimited(desk.publish(10), "user-publishes", 3);
        assertThat(limits.ofRequest(HOME, "bob", null).publish(10)).isNull();
    }

    @Test
    void theWaitIsExactAndEnough() {
        var share = limits("user: {publishes: 5/10s}").ofRequest(HOME, "alice", null);
        for (int i = 0; i < 5; i++) {
            share.publish(1);
        }

        var refusal = share.publish(1);
        clock.advance(Duration.ofSeconds(2));

        assertThat(present(refusal).retryAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(share.publish(1)).isNull();
    }

    @Test
    void anIpv6AddressCountsWithItsSlash64() {
        var limits = limits("address: {publishes: 1/10s}");

        limits.ofRequest(InetAddress.ofLiteral("2001:db8:1:2::1"), null, null).publish(1);

        assertLimited(
                limits.ofRequest(InetAddress.ofLiteral("2001:db8:1:2:ffff:ffff:ffff:ffff"), null, null)
                        .publish(1),
                "address-publishes",
                1);
        assertThat(limits.ofRequest(InetAddress.ofLiteral("2001:db8:1:3::1"), null, null)
                        .publish(1))
                .isNull();
    }

    @Test
    void exemptNetworksHaveNoLimitsByAddress() {
        var limits = limits("address: {publishes: 1/10s}", "exempt: [10.0.0.0/8]");
        var proxied = limits.ofRequest(InetAddress.ofLiteral("10.1.2.3"), null, null);

        assertThat(proxied.publish(1)).isNull();
        assertThat(proxied.publish(1)).isNull();
        assertThat(limits.ofRequest(InetAddress.ofLiteral("11.1.2.3"), null, null)
                        .publish(1))
                .isNull();
        assertThat(limits.ofRequest(InetAddress.ofLiteral("11.1.2.3"), null, null)
                        .publish(1))
                .isNotNull();
    }

    @Test
    void bytesAreCountedBesidePublishesAndARefusalCostsNothing() {
        var share = limits("user: {publishes: 100/10s, bytes: 1000/10s}").ofRequest(HOME, "alice", null);

        assertThat(share.publish(900)).isNull();
        for (int i = 0; i < 200; i++) {
            assertLimited(share.publish(200), "user-bytes", 1000);
        }
        assertThat(share.publish(100)).as("publishes were given back").isNull();
    }

    @Test
    void anApiKeyPaysFromItsOwnBuckets() {
        var limits = limits("user: {publishes: 1/10s}", "api_key: {publishes: 2/10s}");
        var backend = limits.ofRequest(HOME, null, "billing");

        backend.publish(1);

        assertThat(backend.publish(1)).isNull();
        assertLimited(backend.publish(1), "key-publishes", 2);
    }

    @Test
    void aSessionHasBucketsOfItsOwnWhichItKeepsWhenItSaysWhoItIs() {
        var limits = limits("session: {publishes: 2/10s}");
        var session = limits.ofSession(HOME, null, null);
        session.publish(1);

        var known = session.as("alice", null);
        known.publish(1);

        assertLimited(known.publish(1), "session-publishes", 2);
        assertThat(limits.ofSession(HOME, "alice", null).publish(1)).isNull();
    }

    @Test
    void subscribesAndReadsShareOneBucket() {
        var share = limits("user: {subscribes: 2/10s}").ofRequest(HOME, "alice", null);

        assertThat(share.subscribe()).isNull();
        assertThat(share.subscribe()).isNull();
        assertLimited(share.subscribe(), "user-subscribes", 2);
    }

    @Test
    void aUserHasItsPlacesAndGetsThemBack() {
        var limits = limits("max_sessions_per_user: 2");
        var first = limits.ofSession(HOME, "alice", null);
        var second = limits.ofSession(HOME, "alice", null);
        first.opened();
        second.opened();

        var third = limits.ofSession(HOME, "alice", null).open();
        first.closed();

        assertThat(present(third).error()).isEqualTo(ClientError.TOO_MANY_CONNECTIONS);
        assertThat(present(third).extra())
                .containsEntry("policy", "user-sessions")
                .containsEntry("limit", 2);
        assertThat(limits.ofSession(HOME, "alice", null).open()).isNull();
    }

    @Test
    void anAddressHasItsPlacesWhoeverUsesThem() {
        var limits = limits("max_sessions_per_address: 1");
        limits.ofSession(HOME, "alice", null).opened();

        var refused = limits.ofSession(HOME, "bob", null).open();

        assertThat(present(refused).extra()).containsEntry("policy", "address-sessions");
    }

    @Test
    void newSessionsOfAnAddressArePaidBeforeItIsKnownWhoComes() {
        var limits = limits("address: {connects: 2/10s}");

        assertThat(limits.arrive(HOME)).isNull();
        assertThat(limits.arrive(HOME)).isNull();
        assertLimited(limits.arrive(HOME), "address-connects", 2);
        assertThat(limits.arrive(InetAddress.ofLiteral("203.0.113.8"))).isNull();
    }

    @Test
    void theTablesAreBoundedWhoeverComes() {
        var limits = limits("max_tracked: 50", "address: {publishes: 1/10s}");

        for (int i = 0; i < 5_000; i++) {
            limits.ofRequest(InetAddress.ofLiteral("2001:db8:" + Integer.toHexString(i) + "::1"), "user" + i, null)
                    .publish(1);
        }

        assertThat(limits.tracked()).isLessThanOrEqualTo(100);
    }

    @Test
    void connectionsOfAnAddressAreBounded() {
        var caps = new ConnectionCaps(limits("max_connections_per_address: 2"));

        assertThat(caps.enter(HOME)).isNull();
        assertThat(caps.enter(HOME)).isNull();
        assertThat(caps.enter(HOME)).isEqualTo(Abuse.TOO_MANY_CONNECTIONS);
        caps.leave(HOME);
        assertThat(caps.enter(HOME)).isNull();
    }

    @Test
    void anAddressThatIsCutAgainAndAgainIsShutOutUntilTimeForgives() {
        var caps = new ConnectionCaps(limits("cuts: 3/60s"));
        var peer = new InetSocketAddress(HOME, 4711);
        var neighbour = InetAddress.ofLiteral("203.0.113.8");

        for (int i = 0; i < 100; i++) {
            caps.cut(Abuse.SLOW_BODY, peer);
            caps.cut(Abuse.STALLED_READER, peer);
        }
        assertThat(caps.enter(HOME)).as("a bad network is no abuse").isNull();
        for (int i = 0; i < 3; i++) {
            caps.cut(Abuse.RAPID_RESET, peer);
        }

        assertThat(caps.enter(HOME)).isEqualTo(Abuse.ABUSIVE_ADDRESS);
        assertThat(caps.enter(neighbour)).isNull();
        clock.advance(Duration.ofSeconds(20));
        assertThat(caps.enter(HOME)).isNull();
    }

    private Limits limits(String... lines) {
        var yaml = "limits:\n  " + String.join("\n  ", lines);
        var config = ConfigReader.parse(yaml, "test.yaml", Map.of()).limits();
        return new Limits(config, clock, new Random(1), () -> 0);
    }

    private static void assertLimited(@Nullable Problem problem, String policy, long limit) {
        assertThat(present(problem).error()).isEqualTo(ClientError.RATE_LIMITED);
        assertThat(present(problem).extra())
                .containsEntry("policy", policy)
                .containsEntry("limit", limit)
                .containsEntry("window", 10L);
    }

    private static Problem present(@Nullable Problem problem) {
        return Objects.requireNonNull(problem, "it was not refused");
    }
}
