/** The encodings of a publication, one file each, and their list. Allowed neighbours: hub and below. */
@NullMarked
package io.sluice.hub.wire;

import org.jspecify.annotations.NullMarked;
