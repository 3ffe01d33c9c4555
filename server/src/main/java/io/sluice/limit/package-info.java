/** How much a caller may take. Allowed neighbours: http and below. */
@NullMarked
package io.sluice.limit;

import org.jspecify.annotations.NullMarked;
