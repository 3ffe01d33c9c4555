package io.sluice.hub.transport;

import io.sluice.hub.ChannelName;
import io.sluice.hub.Position;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * One request to an endpoint: a publication or a gap, or one of those again that was a dead letter.
 *
 * @param id stable: the same for every attempt, and for every time that this webhook comes past this position
 * @param after where the channel's cursor stands once this is taken
 * @param dead the number of the dead letter; 0 for what comes from the log
 */
record WebhookDelivery(String id, ChannelName channel, Position after, byte[] body, long dead) {
    private static final int ID_BYTES = 16;

    static WebhookDelivery ofLog(String webhook, ChannelName channel, String kind, Position after, byte[] body) {
        return new WebhookDelivery(id(webhook, channel, kind, after), channel, after, body, 0);
    }

    /** A digest, because Standard Webhooks signs {@code id.timestamp.body} and wants no further full stop in the id. */
    private static String id(String webhook, ChannelName channel, String kind, Position position) {
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest((webhook + '\n' + channel + '\n' + kind + '\n' + position)
                            .getBytes(StandardCharsets.UTF_8));
            return "msg_" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, ID_BYTES));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
