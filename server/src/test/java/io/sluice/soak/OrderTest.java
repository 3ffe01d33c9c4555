package io.sluice.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.TestClient.Received;
import org.junit.jupiter.api.Test;

class OrderTest {
    private final Order order = new Order();

    private static Received message(long offset) {
        return new Received.Message("c", "e." + offset, "1", "e." + offset);
    }

    private static Received gap(long from, long to) {
        return new Received.Missing("c", "e." + from, "e." + to, "e." + to);
    }

    @Test
    void takesOneAfterTheOther() {
        order.startAfter("e.4");

        assertThat(order.broken(message(5))).isNull();
        assertThat(order.broken(message(6))).isNull();
    }

    @Test
    void noticesWhatIsMissingFromTheStart() {
        order.startAfter("e.4");

        assertThat(order.broken(message(6))).isEqualTo("skipped to 6 after 4");
    }

    @Test
    void noticesWhatIsRepeated() {
        order.startAfter("e.4");
        order.broken(message(5));

        assertThat(order.broken(message(5))).isEqualTo("repeated 5 after 5");
    }

    @Test
    void goesOnBehindAGapThatWasTold() {
        order.startAfter("e.4");

        assertThat(order.broken(gap(5, 9))).isNull();
        assertThat(order.broken(message(10))).isNull();
        assertThat(order.gaps()).isEqualTo(1);
    }

    @Test
    void noticesAGapThatDoesNotBeginWhereTheReaderStands() {
        order.startAfter("e.4");

        assertThat(order.broken(gap(7, 9))).isEqualTo("a gap from 7 after 4");
    }
}
