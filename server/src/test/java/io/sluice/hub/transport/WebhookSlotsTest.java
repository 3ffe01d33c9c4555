package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who may send when places are scarce. */
final class WebhookSlotsTest {
    @Test
    void hostsTakeTurnsAndNoneHasMoreThanItsShare() {
        var slots = new WebhookSlots(3, 2);
        var granted = new ArrayList<String>();

        assertThat(slots.take("a", () -> granted.add("a"))).isTrue();
        assertThat(slots.take("a", () -> granted.add("a"))).isTrue();
        assertThat(slots.take("a", () -> granted.add("a3"))).isFalse();
        assertThat(slots.take("a", () -> granted.add("a4"))).isFalse();
        assertThat(slots.take("b", () -> granted.add("b"))).isTrue();
        assertThat(slots.take("b", () -> granted.add("b2"))).isFalse();
        slots.give("b");
        slots.give("a");
        slots.give("a");

        assertThat(granted).containsExactly("b2", "a3", "a4");
        assertThat(slots.taken()).isEqualTo(3);
    }

    @Test
    void everybodyGetsAPlaceInTheEndAndTheBoundsHold() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        var random = new Random(seed);
        var slots = new WebhookSlots(5, 3);
        var holding = new HashMap<String, Integer>();
        var givers = new ArrayDeque<String>();
        int[] served = {0};

        for (int i = 0; i < 2_000; i++) {
            var host = "h" + random.nextInt(4);
            Runnable took = () -> {
                holding.merge(host, 1, Integer::sum);
                givers.add(host);
                served[0]++;
            };
            if (slots.take(host, took)) {
                took.run();
            }
            while (!givers.isEmpty() && random.nextBoolean()) {
                giveBack(slots, holding, givers);
            }
            assertThat(holding.values()).as("seed " + seed).allMatch(count -> count <= 3);
            assertThat(slots.taken()).as("seed " + seed).isLessThanOrEqualTo(5).isEqualTo(givers.size());
        }
        while (!givers.isEmpty()) {
            giveBack(slots, holding, givers);
        }

        assertThat(served[0]).as("seed " + seed).isEqualTo(2_000);
        assertThat(slots.taken()).isZero();
        assertThat(List.copyOf(holding.values())).containsOnly(0);
    }

    private static void giveBack(WebhookSlots slots, Map<String, Integer> holding, Deque<String> givers) {
        var host = givers.remove();
        holding.merge(host, -1, Integer::sum);
        slots.give(host);
    }
}
