/** The command line: serving, and talking to a server that runs. The only package that prints. Allowed neighbours: auth and below. */
@NullMarked
package io.sluice.cli;

import org.jspecify.annotations.NullMarked;
