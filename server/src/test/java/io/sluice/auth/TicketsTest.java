package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Grants.Grant;
import io.sluice.http.ClientError;
import io.sluice.testkit.ListedChannel;
import io.sluice.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tickets of servers that share their internal channels, as those of one engine do. */
class TicketsTest {
    private final ManualClock clock = new ManualClock();
    private final ListedChannel secrets = new ListedChannel(clock);
    private final ListedChannel uses = new ListedChannel(clock);
    private final Tickets one = tickets(null);
    private final Tickets other = tickets(null);

    @Test
    void aTicketStandsForTheWholeIdentity() {
        var grants = new Grants(List.of(
                new Grant("chat:*", Set.of(Verb.SUBSCRIBE, Verb.PUBLISH)), new Grant("news", Set.of(Verb.HISTORY))));
        var ends = Instant.parse("2027-01-01T00:00:00.250Z");
        var issued = Instant.parse("2026-01-01T00:00:00Z");
        var alice = new Identity("älice", "t1", grants, ends, issued, null, io.sluice.limit.Share.UNBOUNDED);

        var known = known(redeem(other, issue(one, alice)));

        assertThat(known).usingRecursiveComparison().isEqualTo(alice);
        assertThat(known.grants().allows(Verb.PUBLISH, "chat:x")).isTrue();
        assertThat(known.grants().allows(Verb.HISTORY, "news")).isTrue();
        assertThat(known.grants().allows(Verb.PUBLISH, "news")).isFalse();
    }

    @Test
    void aTicketWorksOnceOnAllServersTogether() {
        var first = issue(one, bob());
        var second = issue(one, bob());

        assertThat(known(redeem(one, first)).user()).isEqualTo("bob");
        assertRefused(redeem(other, first));
        assertRefused(redeem(one, first));
        assertThat(known(redeem(other, second)).user()).isEqualTo("bob");
        assertRefused(redeem(one, second));
    }

    @Test
    void aTicketWorksForItsLifeOnly() {
        var ticket = issue(one, bob());
        var late = issue(one, bob());

        clock.advance(Duration.ofMillis(29_999));
        assertThat(known(redeem(one, ticket)).user()).isEqualTo("bob");
        clock.advance(Duration.ofMillis(1));

        assertRefused(redeem(one, late));
    }

    @Test
    void aTicketTellsNothingAndCannotBeChanged() {
        var ticket = issue(one, bob());
        var bytes = Base64.getUrlDecoder().decode(ticket);

        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("bob");
        for (int i = 0; i < bytes.length; i++) {
            var changed = bytes.clone();
            changed[i] ^= 1;
            assertRefused(redeem(one, Base64.getUrlEncoder().withoutPadding().encodeToString(changed)));
        }
        for (var garbage : List.of("", "a", "=", "%", "ü", "A".repeat(22), "A".repeat(200), "A".repeat(100_000))) {
            assertRefused(redeem(one, garbage));
        }
        assertThat(known(redeem(one, ticket)).user())
                .as("trying did not use it up")
                .isEqualTo("bob");
    }

    @Test
    void aConfiguredSecretCountsAndAnotherDoesNot() {
        var configured = tickets("0123456789abcdef0123456789abcdef");
        var alike = tickets("0123456789abcdef0123456789abcdef");
        var different = tickets("fedcba9876543210fedcba9876543210");

        var ticket = issue(configured, bob());

        assertRefused(redeem(different, ticket));
        assertRefused(redeem(one, ticket));
        assertThat(known(redeem(alike, ticket)).user()).isEqualTo("bob");
    }

    @Test
    void grantsThatDoNotFitAreRefused() {
        var grants = new ArrayList<Grant>();
        for (int i = 0; i < 100; i++) {
            grants.add(new Grant("a-team-with-quite-a-long-name-" + i + ":*", Set.of(Verb.SUBSCRIBE)));
        }
        var refused = new AtomicReference<Tickets.Issued>();

        one.issue(new Identity("bob", null, new Grants(grants), null), refused::set);

        assertThat(((Tickets.Issued.Refused) refused.get()).problem().error()).isEqualTo(ClientError.TOO_LARGE);
    }

    @Test
    void aTicketDoesNotPrintItsText() {
        var ticket = new Tickets.Ticket("the-text", clock.now());

        assertThat(ticket.toString()).doesNotContain("the-text");
    }

    private static Identity bob() {
        return new Identity("bob", null, Grants.NONE, null);
    }

    private Tickets tickets(@Nullable String secret) {
        var bytes = secret == null ? null : secret.getBytes(StandardCharsets.UTF_8);
        return new Tickets(clock, new SecureRandom(), Duration.ofSeconds(30), bytes, secrets, uses);
    }

    private static String issue(Tickets tickets, Identity identity) {
        var issued = new AtomicReference<Tickets.Issued>();
        tickets.issue(identity, issued::set);
        return ((Tickets.Issued.Done) issued.get()).ticket().text();
    }

    private static Authenticator.Result redeem(Tickets tickets, String text) {
        var result = new AtomicReference<Authenticator.Result>();
        tickets.redeem(text, result::set);
        return result.get();
    }

    private static Identity known(Authenticator.Result result) {
        assertThat(result).isInstanceOf(Authenticator.Result.Known.class);
        return ((Authenticator.Result.Known) result).identity();
    }

    private static void assertRefused(Authenticator.Result result) {
        assertThat(result).isInstanceOf(Authenticator.Result.Refused.class);
        assertThat(((Authenticator.Result.Refused) result).problem().error()).isEqualTo(ClientError.UNAUTHENTICATED);
    }
}
