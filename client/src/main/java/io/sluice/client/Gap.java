package io.sluice.client;

/**
 * A range that the channel no longer holds and this reader will not get, told before anything newer.
 *
 * @param from the first position that is missing
 * @param to the last, and where the reader goes on; of a newer epoch than {@code from} where the log was lost
 */
public record Gap(String channel, String from, String to) implements Event {
    static Gap of(JsonObject json) {
        return new Gap(json.text("channel"), json.text("from"), json.text("to"));
    }
}
