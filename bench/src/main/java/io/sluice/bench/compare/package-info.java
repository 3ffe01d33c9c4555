/** {@code sluice compare}: Sluice beside servers that others use, each with the same work in the same run. Uses the load tool around it. */
@NullMarked
package io.sluice.bench.compare;

import org.jspecify.annotations.NullMarked;
