/** Metrics registry, access log. Allowed neighbours: none. */
@NullMarked
package io.sluice.observe;

import org.jspecify.annotations.NullMarked;
