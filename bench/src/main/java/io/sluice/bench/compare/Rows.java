package io.sluice.bench.compare;

import io.sluice.bench.SluiceProtocol;
import java.util.List;

/** Everything that is measured, in the order of the page. */
final class Rows {
    static final List<Row> ALL = List.of(
            new FanoutRow(), new PacedRow(), new IdleRow(), new StormRow(), new TransportsRow(SluiceProtocol.ALL));

    private Rows() {}
}
