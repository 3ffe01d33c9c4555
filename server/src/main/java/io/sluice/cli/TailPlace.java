package io.sluice.cli;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a tail follows, and where: shared by all protocols. */
record TailPlace(
        HubOptions hub,
        HttpClient client,
        Map<String, String> environment,
        List<String> channels,
        @Nullable String after) {

    HttpRequest.Builder request(String path) {
        return hub.request(path, environment);
    }

    /** {@code channel=a&channel=b}. */
    String query() {
        return channels.stream().map(c -> "channel=" + HubOptions.encoded(c)).collect(Collectors.joining("&"));
    }

    Tail.Broken unreachable(java.io.IOException failure) {
        return Tail.Broken.passing(Unreachable.line(hub.at("", environment), failure));
    }
}
