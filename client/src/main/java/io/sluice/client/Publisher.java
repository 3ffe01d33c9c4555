package io.sluice.client;

import java.util.HashMap;
import java.util.Map;

/** Publishes over plain HTTP, whatever transport brings events: one way for all, with the idempotency key in its header. */
final class Publisher {
    private final Endpoint endpoint;

    Publisher(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Where a message goes: the path of a channel, or of a user. */
    record Target(String path) {
        static Target channel(String name) {
            return new Target("/v1/channels/" + Endpoint.encoded(name) + "/messages");
        }

        static Target user(String id) {
            return new Target("/v1/users/" + Endpoint.encoded(id) + "/messages");
        }
    }

    /** Sends once. */
    Published once(Target target, Draft draft) {
        return published(endpoint.send(call(target, draft)));
    }

    /** Sends until it is answered, for as long as the client is patient. */
    Published patiently(Target target, Draft draft) {
        return published(endpoint.sendPatiently(call(target, draft)));
    }

    private static Endpoint.Call call(Target target, Draft draft) {
        Map<String, String> headers = new HashMap<>();
        draft.headers().forEach((name, value) -> headers.put("Sluice-Header-" + name, value));
        headers.put("Content-Type", draft.contentType());
        headers.put("Sluice-Event", draft.event());
        headers.put("Idempotency-Key", draft.idempotencyKey());
        draft.newest().ifPresent(position -> headers.put("If-Match", '"' + position + '"'));
        return new Endpoint.Call("POST", target.path(), headers, draft.body());
    }

    private static Published published(Endpoint.Answer answer) {
        var json = answer.json();
        boolean replayed =
                answer.headers().firstValue("idempotency-replayed").orElse("").equals("true");
        return new Published(json.text("channel"), json.text("position"), replayed);
    }
}
