package io.sluice.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * The whole configuration: one record per plane, immutable, complete and valid.
 *
 * <p>Its keys in the file are the component names in {@code snake_case}. Rules that span planes are checked here.
 *
 * @param edge where clients arrive
 * @param admin where operators arrive
 * @param hub channels and their logs
 * @param auth who may do what
 * @param limits how much callers may take
 * @param webhooks HTTP requests that publications leave and come as
 * @param observe what Sluice tells about itself
 */
public record Config(
        EdgeConfig edge,
        AdminConfig admin,
        HubConfig hub,
        AuthConfig auth,
        LimitsConfig limits,
        WebhooksConfig webhooks,
        ObserveConfig observe) {

    /** Production-safe defaults: everything on loopback, because nobody needs a token. */
    public Config() {
        this(
                new EdgeConfig(),
                new AdminConfig(),
                new HubConfig(),
                new AuthConfig(),
                new LimitsConfig(),
                new WebhooksConfig(),
                new ObserveConfig());
    }

    public Config {
        require(
                auth.mode() != AuthConfig.Mode.NONE || isLoopback(edge.host()),
                "edge.host: must be a loopback address such as 127.0.0.1 while auth.mode is none, because then everybody "
                        + "may do everything; set auth.mode to jwt to listen on " + edge.host());
        require(
                !edge.demo() || isLoopback(edge.host()),
                "edge.demo: goes with a loopback address only, and edge.host is " + edge.host());
        require(
                edge.port() == 0 || edge.port() != admin.port() || !edge.host().equals(admin.host()),
                "admin.port: must differ from edge.port, which is " + edge.port() + " too");
    }

    public Config with(EdgeConfig otherEdge) {
        return new Config(otherEdge, admin, hub, auth, limits, webhooks, observe);
    }

    public Config with(AdminConfig otherAdmin) {
        return new Config(edge, otherAdmin, hub, auth, limits, webhooks, observe);
    }

    public Config with(HubConfig otherHub) {
        return new Config(edge, admin, otherHub, auth, limits, webhooks, observe);
    }

    public Config with(AuthConfig otherAuth) {
        return new Config(edge, admin, hub, otherAuth, limits, webhooks, observe);
    }

    public Config with(LimitsConfig otherLimits) {
        return new Config(edge, admin, hub, auth, otherLimits, webhooks, observe);
    }

    public Config with(WebhooksConfig otherWebhooks) {
        return new Config(edge, admin, hub, auth, limits, otherWebhooks, observe);
    }

    public Config with(ObserveConfig otherObserve) {
        return new Config(edge, admin, hub, auth, limits, webhooks, otherObserve);
    }

    /** True for {@code localhost} and literal loopback addresses; other names are never looked up and count as public. */
    public static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        boolean literal = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        try {
            return literal && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException notAnAddress) {
            return false;
        }
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
