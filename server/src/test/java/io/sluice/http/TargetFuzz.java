package io.sluice.http;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.fuzz.FuzzTarget;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** A request target is refused, or prints as one that reads the same. */
public final class TargetFuzz implements FuzzTarget {
    private static final int MAX_PARAMETERS = 20;

    @Override
    public void run(byte[] input) {
        RequestTarget target;
        try {
            target = RequestTarget.parse(new String(input, StandardCharsets.ISO_8859_1), MAX_PARAMETERS);
        } catch (Refusal refused) {
            check(
                    refused.problem().error() == ClientError.BAD_REQUEST,
                    refused.problem().toString());
            return;
        }
        check(target.path().chars().noneMatch(c -> c < 0x20 || c == 0x7f), "a path has a control character");
        var again = RequestTarget.parse(printed(target), MAX_PARAMETERS);
        check(again.equals(target), target + " reads as " + again);
    }

    private static String printed(RequestTarget target) {
        var path = target.path().startsWith("/") ? escaped(target.path()).replace("%2F", "/") : target.path();
        var query = new StringJoiner("&");
        target.query()
                .parameters()
                .forEach((name, values) -> values.forEach(value -> query.add(escaped(name) + "=" + escaped(value))));
        return (target.authority().isEmpty() ? "" : "http://" + target.authority())
                + path
                + (query.length() == 0 ? "" : "?" + query);
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
