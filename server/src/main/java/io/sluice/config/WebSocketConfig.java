package io.sluice.config;

/**
 * WebSocket settings.
 *
 * @param compression whether permessage-deflate (RFC 7692) is negotiated, without context takeover by the server
 * @param maxFrameSize the largest frame taken from a client; beyond it the connection closes with 4413
 * @param maxMessageSize the largest message taken from a client, all its frames together, after inflating
 */
public record WebSocketConfig(boolean compression, DataSize maxFrameSize, DataSize maxMessageSize) {

    public WebSocketConfig() {
        this(false, DataSize.mib(2), DataSize.mib(2));
    }

    public WebSocketConfig {
        require(within(maxFrameSize), "max_frame_size: must be 1KiB to 32MiB");
        require(within(maxMessageSize), "max_message_size: must be 1KiB to 32MiB");
        require(
                maxMessageSize.bytes() >= maxFrameSize.bytes(),
                "max_message_size: must not be less than max_frame_size, which is " + maxFrameSize);
    }

    private static boolean within(DataSize size) {
        return size.bytes() >= 1024 && size.bytes() <= 32 << 20;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
