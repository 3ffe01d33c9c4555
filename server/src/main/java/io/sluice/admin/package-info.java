/** Health, metrics, status and the console on the loopback-only admin listener. Allowed neighbours: hub and below. */
@NullMarked
package io.sluice.admin;

import org.jspecify.annotations.NullMarked;
