/** The immutable configuration tree and its reader. Allowed neighbours: none. */
@NullMarked
package io.sluice.config;

import org.jspecify.annotations.NullMarked;
