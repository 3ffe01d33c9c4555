/** The engines: one file per place where a channel log can live, and their list. Allowed neighbours: hub and below. */
@NullMarked
package io.sluice.hub.log;

import org.jspecify.annotations.NullMarked;
