package io.sluice.http;

import static io.sluice.fuzz.FuzzTarget.check;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Reads HTTP/1.1 responses as strictly as a client can, up to one that begins another protocol or a stream. */
public final class FuzzedResponses {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> TYPES = Arrays.stream(ClientError.values())
            .map(error -> "urn:sluice:problem:" + error.code())
            .collect(Collectors.toSet());

    private FuzzedResponses() {}

    /** Status and body of each, without what differs from run to run; fails where a refusal has no code of the list. */
    public static List<String> read(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.ISO_8859_1);
        var responses = new ArrayList<String>();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf("\r\n\r\n", at);
            check(end > 0, "half a response: " + text.substring(at));
            var head = text.substring(at, end + 2);
            check(head.matches("(?s)HTTP/1\\.1 \\d{3} [ -~]*\r\n([!-9;-~]+: [ -~]*\r\n)*"), "no head: " + head);
            int status = Integer.parseInt(head.substring(9, 12));
            at = end + 4;
            if (status == 101 || head.contains("\r\ncontent-type: text/event-stream")) {
                responses.add(Integer.toString(status));
                return responses;
            }
            // Who asked by HEAD gets a length without a body.
            int length = text.startsWith("HTTP/1.1 ", at) || at == text.length() ? 0 : length(head);
            check(at + length <= text.length(), "a body is shorter than it says: " + head);
            var body = text.substring(at, at + length);
            at += length;
            if (status >= 400) {
                problem(status, head, body);
            }
            if (status != 100) {
                responses.add(status + " " + body.replaceAll("\"instance\":\"[^\"]*\"", ""));
            }
        }
        return responses;
    }

    private static int length(String head) {
        int from = head.toLowerCase(java.util.Locale.ROOT).indexOf("\r\ncontent-length: ");
        return from < 0 ? 0 : Integer.parseInt(head.substring(from + 18, head.indexOf('\r', from + 18)));
    }

    private static void problem(int status, String head, String body) {
        if (body.isEmpty()) {
            return; // of a HEAD
        }
        check(head.contains("\r\ncontent-type: application/problem+json\r\n"), "a refusal without a problem: " + head);
        var problem = JSON.readTree(body.getBytes(StandardCharsets.ISO_8859_1));
        check(TYPES.contains(problem.path("type").asString()), "an unknown problem: " + body);
        check(problem.path("status").asInt() == status, "another status: " + body);
        check(status != 500, "our mistake: " + body);
    }
}
