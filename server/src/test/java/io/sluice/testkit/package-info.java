/** What several packages' tests need: a clock that stands still, a server of one's own, clients that speak wire text. */
@NullMarked
package io.sluice.testkit;

import org.jspecify.annotations.NullMarked;
