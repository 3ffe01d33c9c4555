package io.sluice.bench.compare;

import java.io.IOException;

/** One thing that is compared, with its table and chart. */
interface Row {
    /** As {@code --rows} has it. */
    String name();

    void run(Comparison comparison) throws IOException;
}
