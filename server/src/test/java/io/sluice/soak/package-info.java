/**
 * {@code sluice soak}: a server under churn, storms and faults for as long as one likes; whether every reader got everything, and whether
 * memory, descriptors and latency stayed flat. Its readers are those of the contract suite: one for every kind of client.
 */
@NullMarked
package io.sluice.soak;

import org.jspecify.annotations.NullMarked;
