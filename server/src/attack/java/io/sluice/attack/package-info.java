/**
 * Attacks on a Sluice server over real sockets, and an honest client to run beside them: for the tests of the server and for
 * {@code sluice bench attack}, which both compile this folder. JDK only; no neighbour.
 */
@NullMarked
package io.sluice.attack;

import org.jspecify.annotations.NullMarked;
