@NullMarked
package io.sluice.hub.log;

import org.jspecify.annotations.NullMarked;
