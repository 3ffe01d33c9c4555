/** Server-to-server routes of the hub: publish, history, presence, tickets. Allowed neighbours: hub, hub.wire and below. */
@NullMarked
package io.sluice.hub.api;

import org.jspecify.annotations.NullMarked;
