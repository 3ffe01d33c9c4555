/** Runs whatever docs/guide shows: every fenced block, by its language, against a real server. */
@NullMarked
package io.sluice.guide;

import org.jspecify.annotations.NullMarked;
