package io.sluice.hub;

/**
 * A range of a channel that a reader will not get, told before anything newer.
 *
 * @param from the first position that is missing; of the old epoch when the epoch changed
 * @param to the last position that is missing; {@code to} is a valid cursor
 */
public record Gap(ChannelName channel, Position from, Position to) {}
