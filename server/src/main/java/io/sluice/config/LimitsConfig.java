package io.sluice.config;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much callers may take.
 *
 * @param session each session
 * @param user each authenticated user, all sessions and requests together
 * @param address each client address, all connections together; IPv6 by its /64
 * @param apiKey each API key
 * @param badTokens how many tokens that turn out bad an address may have checked; beyond it 429 before their signature is
 * @param cuts how many connections of an address may be cut for abuse; beyond it new ones are closed unread until time has
 *     forgiven one. Slow and stalled peers do not count
 * @param maxSessionsPerUser how many sessions a user may have open; beyond it 429
 * @param maxSessionsPerAddress how many sessions an address may have open; beyond it 429
 * @param maxConnectionsPerAddress how many connections an address may have open; beyond it new ones are closed
 * @param maxUnsentPerAddress how many bytes of responses may wait for an address that does not read them; beyond it 429
 * @param maxTracked how many users, addresses and keys are counted at once, each; the least active beyond it start anew
 * @param exempt networks without limits by address, whose addresses stand for many clients: those of your own, and of proxies that are not in
 *     {@code edge.proxies.trusted}, which are exempt too
 * @param admission how fast and how far the server fills up
 */
public record LimitsConfig(
        SessionShareConfig session,
        ShareConfig user,
        ShareConfig address,
        ShareConfig apiKey,
        Rate badTokens,
        Rate cuts,
        int maxSessionsPerUser,
        int maxSessionsPerAddress,
        int maxConnectionsPerAddress,
        DataSize maxUnsentPerAddress,
        int maxTracked,
        List<Network> exempt,
        AdmissionConfig admission) {

    public LimitsConfig() {
        this(
                new SessionShareConfig(),
                new ShareConfig(per10s(300), per10s(2_000), per10s(8_000), per10s(32 << 20)),
                new ShareConfig(per10s(1_000), per10s(20_000), per10s(80_000), per10s(256 << 20)),
                new ShareConfig(per10s(1_000), per10s(100_000), per10s(100_000), per10s(1L << 30)),
                Rate.per(20, Duration.ofSeconds(10)),
                Rate.per(20, Duration.ofSeconds(60)),
                100,
                2_000,
                4_000,
                DataSize.mib(32),
                100_000,
                List.of(new Network("127.0.0.0/8"), new Network("::1/128")),
                new AdmissionConfig());
    }

    public LimitsConfig {
        exempt = List.copyOf(exempt);
        require(maxSessionsPerUser >= 1, "max_sessions_per_user: must be at least 1");
        require(maxSessionsPerAddress >= 1, "max_sessions_per_address: must be at least 1");
        require(maxConnectionsPerAddress >= 1, "max_connections_per_address: must be at least 1");
        require(maxUnsentPerAddress.bytes() >= 1 << 20, "max_unsent_per_address: must be at least 1MiB");
        require(maxTracked >= 1, "max_tracked: must be at least 1");
    }

    /** The same, but with these exempt too. */
    public LimitsConfig exempting(List<Network> more) {
        return new LimitsConfig(
                session,
                user,
                address,
                apiKey,
                badTokens,
                cuts,
                maxSessionsPerUser,
                maxSessionsPerAddress,
                maxConnectionsPerAddress,
                maxUnsentPerAddress,
                maxTracked,
                Stream.concat(exempt.stream(), more.stream()).toList(),
                admission);
    }

    private static Rate per10s(long quota) {
        return Rate.per(quota, Duration.ofSeconds(10));
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
