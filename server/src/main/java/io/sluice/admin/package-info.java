/** Health, metrics and status routes on the loopback-only admin listener. Allowed neighbours: hub and below. */
@NullMarked
package io.sluice.admin;

import org.jspecify.annotations.NullMarked;
