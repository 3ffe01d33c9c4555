/**
 * Attacks on a Sluice server over real sockets, an honest client to run beside them, and a network that breaks: for the tests of the
 * server and for the load tool, which both compile this folder. JDK only; no neighbour.
 */
@NullMarked
package io.sluice.attack;

import org.jspecify.annotations.NullMarked;
