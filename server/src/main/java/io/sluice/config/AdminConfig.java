package io.sluice.config;

/**
 * The admin listener: health, metrics, status and the console. It asks for no credentials.
 *
 * @param host the address to bind; a loopback address, since whoever reaches it may drain the server
 * @param port the TCP port, 0 to 65535; 0 takes a free one and prints it
 */
public record AdminConfig(String host, int port) {

    public AdminConfig() {
        this("127.0.0.1", 9090);
    }

    public AdminConfig {
        if (!Config.isLoopback(host)) {
            throw new IllegalArgumentException(
                    "host: must be a loopback address such as 127.0.0.1, because the admin listener asks nobody for a token; not '"
                            + host + "'");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: must be 0 to 65535, not " + port);
        }
    }
}
