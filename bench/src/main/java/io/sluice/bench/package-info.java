/**
 * The load tool and the microbenchmarks. Starts servers as child processes, loads them over loopback and writes what it
 * measured to {@code bench/results}. Nothing that ships may import it.
 */
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
