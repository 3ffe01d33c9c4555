/**
 * The deterministic simulator: a whole hub with its engine, transports and routes in one thread, with a network, a disk and a
 * time that a seed drives. One seed is one run; the same seed is the same run.
 */
@NullMarked
package io.sluice.simulation;

import org.jspecify.annotations.NullMarked;
