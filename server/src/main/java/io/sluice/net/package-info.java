/** Event loops, listeners, TLS, time and drain: sockets without a protocol. Allowed neighbours: config, observe. */
@NullMarked
package io.sluice.net;

import org.jspecify.annotations.NullMarked;
