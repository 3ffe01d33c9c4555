/** The client protocols, one file each, and their list. Allowed neighbours: hub, hub.wire and below. */
@NullMarked
package io.sluice.hub.transport;

import org.jspecify.annotations.NullMarked;
