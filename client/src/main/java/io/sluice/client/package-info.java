/**
 * The Java client of Sluice: subscribe with a cursor, publish with an idempotency key, over whichever transport gets through.
 *
 * <p>Begin at {@link io.sluice.client.SluiceClient}. Needs the JDK only. Everything may be called from any thread; what blocks is
 * meant for virtual threads and ends at once when its thread is interrupted.
 */
@NullMarked
package io.sluice.client;

import org.jspecify.annotations.NullMarked;
