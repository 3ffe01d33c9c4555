/** Who is calling and what they may do: identities, tokens, tickets, grants, origins. Allowed neighbours: http and below. */
@NullMarked
package io.sluice.auth;

import org.jspecify.annotations.NullMarked;
