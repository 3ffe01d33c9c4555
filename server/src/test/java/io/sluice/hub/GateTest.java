package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.GrantCallback;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.auth.Revocation;
import io.sluice.auth.Revocations;
import io.sluice.auth.Verb;
import io.sluice.config.LimitsConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.limit.Limits;
import io.sluice.testkit.ListedChannel;
import io.sluice.testkit.ManualClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The one place that says who may do what with a channel, and makes them pay. */
final class GateTest {
    private static final ChannelName ROOM = new ChannelName("room:1");
    private static final ChannelName OF_ALICE = new ChannelName("user:alice");
    private static final InetAddress PEER = InetAddress.ofLiteral("203.0.113.7");

    private final ManualClock clock = new ManualClock();
    private final Limits limits = new Limits(new LimitsConfig(), clock, new Random(1), () -> 0);
    private final Gate gate = new Gate(clock, null, null, Duration.ZERO);

    @Test
    void aGrantAllowsItsVerbsOnItsChannels() {
        var reader = with(Verb.SUBSCRIBE);

        assertThat(gate.check(reader, Verb.SUBSCRIBE, ROOM)).isNull();
        assertThat(gate.check(reader, Verb.PUBLISH, ROOM))
                .isNotNull()
                .returns(ClientError.FORBIDDEN, Problem::error)
                .returns("no grant for publish on room:1", Problem::detail);
    }

    @Test
    void aUserReadsItsOwnChannelWithoutAGrantAndCannotWriteIt() {
        var alice = new Identity("alice", null, Grants.NONE, null);
        var bob = new Identity("bob", null, Grants.NONE, null);

        for (var verb : Verb.values()) {
            boolean writes = verb == Verb.PUBLISH || verb == Verb.ADMIN;
            assertThat(gate.check(alice, verb, OF_ALICE) == null)
                    .as(verb.name())
                    .isEqualTo(!writes);
            assertThat(gate.check(bob, verb, OF_ALICE)).as(verb.name()).isNotNull();
        }
    }

    @Test
    void anExpiredTokenAllowsNothingFromItsEndOn() {
        var alice = new Identity("alice", null, Grants.ALL, clock.now().plusSeconds(10));

        var before = gate.check(alice, Verb.PUBLISH, ROOM);
        clock.advance(Duration.ofSeconds(10));
        var after = gate.check(alice, Verb.SUBSCRIBE, OF_ALICE);

        assertThat(before).isNull();
        assertThat(after).isNotNull().returns(ClientError.TOKEN_EXPIRED, Problem::error);
    }

    @Test
    void aRevokedTokenAllowsNothing() {
        var revocations = new Revocations(clock, Duration.ofHours(1), 10);
        revocations.follow(new ListedChannel(clock), (revocation, since) -> {});
        var revoking = new Gate(clock, null, revocations, Duration.ZERO);
        var alice = new Identity("alice", null, Grants.ALL, null);

        var before = revoking.isRevoked(alice);
        revocations.revoke(new Revocation(Revocation.Kind.USER, "alice"), problem -> {});

        assertThat(before).isFalse();
        assertThat(revoking.isRevoked(alice)).isTrue();
        assertThat(revoking.check(alice, Verb.PUBLISH, ROOM))
                .isNotNull()
                .returns(ClientError.UNAUTHENTICATED, Problem::error);
    }

    @Test
    void theBackendIsAskedOnlyForWhatNoGrantAllows() {
        var asked = new ArrayList<String>();
        GrantCallback backend = (identity, verb, channel, answer) -> {
            asked.add(verb + " " + channel);
            answer.accept(verb == Verb.PUBLISH ? Problem.of(ClientError.FORBIDDEN, "not here") : null);
        };
        var asking = new Gate(clock, backend, null, Duration.ZERO);
        var reader = with(Verb.SUBSCRIBE);
        var expired = new Identity("bob", null, Grants.ALL, clock.now());

        assertThat(pass(asking, reader, Verb.SUBSCRIBE, 0)).isNull();
        assertThat(pass(asking, expired, Verb.SIGNAL, 0))
                .isNotNull()
                .returns(ClientError.TOKEN_EXPIRED, Problem::error);
        assertThat(asked).isEmpty();
        assertThat(pass(asking, reader, Verb.HISTORY, 0)).isNull();
        assertThat(pass(asking, reader, Verb.PUBLISH, 1)).isNotNull().returns("not here", Problem::detail);
        assertThat(asked).containsExactly("HISTORY room:1", "PUBLISH room:1");
    }

    @Test
    void whatIsAllowedIsPaidFor() {
        var subscribes = new LimitsConfig().user().subscribes().quota();
        var publishes = new LimitsConfig().user().publishes().quota();

        assertThat(allowed(Verb.HISTORY, 0)).isEqualTo(subscribes);
        assertThat(allowed(Verb.PUBLISH, 1)).isEqualTo(publishes);
        assertThat(allowed(Verb.SIGNAL, 1)).isEqualTo(publishes);
        assertThat(allowed(Verb.PUBLISH, 16 << 20)).isEqualTo(2);
    }

    @Test
    void whoOnlyAsksPaysNothing() {
        var alice = paying("alice");
        for (int i = 0; i < 100_000; i++) {
            assertThat(pass(gate, alice, Verb.SUBSCRIBE, Gate.FREE)).isNull();
        }

        assertThat(pass(gate, alice, Verb.SUBSCRIBE, 0)).isNull();
    }

    @Test
    void whatTheBackendAllowsIsPaidForToo() {
        var asking = new Gate(clock, (identity, verb, channel, answer) -> answer.accept(null), null, Duration.ZERO);
        var nobody = new Identity("eve", null, Grants.NONE, null).taking(limits.ofRequest(PEER, "eve", null));

        assertThat(count(asking, nobody, Verb.HISTORY, 0))
                .isEqualTo(new LimitsConfig().user().subscribes().quota());
    }

    /** How often a user may do so at once. */
    private long allowed(Verb verb, int size) {
        return count(gate, paying(verb + " " + size), verb, size);
    }

    private static long count(Gate gate, Identity who, Verb verb, int size) {
        long times = 0;
        while (pass(gate, who, verb, size) == null) {
            times++;
        }
        return times;
    }

    private Identity paying(String user) {
        return new Identity(user, null, Grants.ALL, null).taking(limits.ofRequest(PEER, user, null));
    }

    private static Identity with(Verb verb) {
        return new Identity("alice", null, new Grants(List.of(new Grants.Grant("room:*", Set.of(verb)))), null);
    }

    private static @Nullable Problem pass(Gate gate, Identity who, Verb verb, int size) {
        var answers = new ArrayList<@Nullable Problem>();
        gate.pass(who, verb, ROOM, size, answers::add);
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }
}
