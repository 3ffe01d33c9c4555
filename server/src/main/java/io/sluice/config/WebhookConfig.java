package io.sluice.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint that publications are delivered to.
 *
 * @param channels 1 to 100 channels by their whole names
 * @param url an http or https URL of at most 2,048 characters, without user and fragment, on port 80, 443 or one from 1024 up
 * @param secrets 1 to 5 secrets as Standard Webhooks writes them: {@code whsec_} and 24 to 64 bytes in base64. Each signs, so that
 *     a receiver can change from one to the next
 * @param after where a new webhook begins: {@code latest}, {@code earliest} or a cursor. One that has begun goes on where it is
 */
public record WebhookConfig(
        List<String> channels,
        String url,
        List<Secret> secrets,
        @Nullable String after) {
    /** What every secret begins with. */
    public static final String SECRET_PREFIX = "whsec_";

    private static final int MAX_CHANNELS = 100;
    private static final int MAX_SECRETS = 5;
    private static final int MAX_URL = 2_048;
    private static final int MAX_CURSOR = 4_096;

    public WebhookConfig {
        channels = List.copyOf(channels);
        secrets = List.copyOf(secrets);
        require(
                !channels.isEmpty() && channels.size() <= MAX_CHANNELS,
                "channels: must be 1 to " + MAX_CHANNELS + " channel names");
        for (var channel : channels) {
            require(
                    channel.matches("[A-Za-z0-9._:@~-]{1,255}"),
                    "channels: must be 1 to 255 characters of A-Z a-z 0-9 . _ : @ ~ - each, not '" + channel + "'");
        }
        require(new HashSet<>(channels).size() == channels.size(), "channels: must not name one twice");
        var wrong = problem(url);
        require(wrong == null, "url: " + wrong);
        require(!secrets.isEmpty() && secrets.size() <= MAX_SECRETS, "secrets: must be 1 to " + MAX_SECRETS);
        for (var secret : secrets) {
            require(
                    isSecret(secret.reveal()),
                    "secrets: must be " + SECRET_PREFIX + " followed by 24 to 64 bytes in base64 each");
        }
        require(after == null || (!after.isEmpty() && after.length() <= MAX_CURSOR), "after: must be a cursor");
    }

    static boolean isSecret(String text) {
        if (!text.startsWith(SECRET_PREFIX)) {
            return false;
        }
        try {
            int bytes = Base64.getDecoder().decode(text.substring(SECRET_PREFIX.length())).length;
            return bytes >= 24 && bytes <= 64;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    private static @Nullable String problem(String url) {
        if (url.length() > MAX_URL) {
            return "must be at most " + MAX_URL + " characters";
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException malformed) {
            return "is not a URL";
        }
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            return "must begin with https:// or http://";
        }
        if (uri.getRawUserInfo() != null) {
            return "must not hold a user or password";
        }
        if (uri.getHost() == null) {
            return "must name a host";
        }
        if (uri.getRawFragment() != null) {
            return "must not have a fragment";
        }
        int port = uri.getPort();
        return port == -1 || port == 80 || port == 443 || (port >= 1_024 && port <= 65_535)
                ? null
                : "must be of port 80, 443 or one from 1024 up";
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
