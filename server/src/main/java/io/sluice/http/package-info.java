/** One exchange for HTTP/1.1 and HTTP/2, routes and problem documents (RFC 9457). Knows nothing of the hub. Allowed neighbours: net and below. */
@NullMarked
package io.sluice.http;

import org.jspecify.annotations.NullMarked;
