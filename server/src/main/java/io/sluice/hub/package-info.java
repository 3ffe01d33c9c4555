/** Channels: one ordered, resumable log each, and everything that reads it at a cursor. Allowed neighbours: auth, limit and below. */
@NullMarked
package io.sluice.hub;

import org.jspecify.annotations.NullMarked;
