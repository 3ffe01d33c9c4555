package io.sluice.client;

import java.util.List;
import java.util.stream.Collectors;

/** The query of a read over several channels: their names, and one cursor for each. */
final class ReadQuery {
    private ReadQuery() {}

    /** Either all have positions, or there is one. */
    static String of(List<Subscription> wanted) {
        var channels = wanted.stream()
                .map(each -> "channel=" + Endpoint.encoded(each.channel()))
                .collect(Collectors.joining("&"));
        var after = wanted.stream().map(Subscription::after).collect(Collectors.joining(","));
        return channels + "&after=" + Endpoint.encoded(after);
    }
}
