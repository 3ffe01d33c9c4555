package io.sluice.hub.transport;

import io.sluice.config.Network;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Which addresses a webhook may reach. A name is looked up once for each connection, every address that it has is checked, and
 * the connection goes to one of exactly these: there is no second look-up that could say something else.
 *
 * <p>Public is what IANA's registries of special-purpose addresses (RFC 6890) leave over. Of IPv6 that is {@code 2000::/3} less
 * its special blocks, so forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo) are never public.
 *
 * <p>Thread-safe. Look-ups block, so at most {@link #MOST_LOOKUPS} go on at once on threads of their own, one for each name.
 */
final class WebhookTargets implements DnsResolver, AutoCloseable {
    static final int MOST_LOOKUPS = 64;

    private static final List<Network> SPECIAL = networks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16", // the metadata service of Azure
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "2620:4f:8000::/48",
            "3fff::/20");

    private static final Network GLOBAL_IPV6 = new Network("2000::/3");

    private final List<Network> allowed;
    private final Lookup lookup;
    private final long timeoutMillis;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0,
            MOST_LOOKUPS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().name("sluice-webhook-dns-", 0).daemon().factory());
    private final Map<String, CompletableFuture<InetAddress[]>> pending = new ConcurrentHashMap<>();

    /** Finds all addresses of a name; blocks. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] all(String host) throws UnknownHostException;
    }

    /** A name has an address that may not be reached. */
    static final class AddressRefused extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        AddressRefused(String host) {
            super(host + " has an address that is not public; webhooks.allow says which others may be called");
        }
    }

    /**
     * @param allowed what may be reached though it is not public
     * @param timeoutMillis how long a look-up is waited for
     */
    WebhookTargets(List<Network> allowed, Lookup lookup, long timeoutMillis) {
        this.allowed = allowed;
        this.lookup = lookup;
        this.timeoutMillis = timeoutMillis;
    }

    /** The addresses of {@code host}, all of them fit to be called. Blocks for at most the timeout. */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        var found = all(bare(host));
        if (found.length == 0) {
            throw new UnknownHostException(host);
        }
        for (var address : found) {
            if (!mayReach(address)) {
                throw new AddressRefused(host);
            }
        }
        return found;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    /** False when {@code host} is an address, and not one that may be reached; a name is judged when it is called. */
    boolean mayBeCalled(String host) {
        try {
            return mayReach(InetAddress.ofLiteral(bare(host)));
        } catch (IllegalArgumentException aName) {
            return true;
        }
    }

    boolean mayReach(InetAddress address) {
        for (var network : allowed) {
            if (network.contains(address)) {
                return true;
            }
        }
        if (!(address instanceof Inet4Address) && !GLOBAL_IPV6.contains(address)) {
            return false;
        }
        for (var network : SPECIAL) {
            if (network.contains(address)) {
                return false;
            }
        }
        return true;
    }

    private InetAddress[] all(String host) throws UnknownHostException {
        var answer = pending.computeIfAbsent(host, this::begin);
        try {
            return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw unknown(host + ": no answer in " + timeoutMillis + " ms", slow);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw unknown(host, ended);
        } catch (ExecutionException failed) {
            throw unknown(host, failed);
        } finally {
            if (answer.isDone()) {
                pending.remove(host, answer);
            }
        }
    }

    private CompletableFuture<InetAddress[]> begin(String host) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return lookup.all(host);
                        } catch (UnknownHostException unknown) {
                            throw new CompletionException(unknown);
                        }
                    },
                    threads);
        } catch (RejectedExecutionException busy) {
            return CompletableFuture.failedFuture(busy);
        }
    }

    private static UnknownHostException unknown(String what, Exception cause) {
        var failure = new UnknownHostException(what);
        failure.initCause(cause);
        return failure;
    }

    /** An IPv6 address in a URL stands in brackets. */
    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static List<Network> networks(String... texts) {
        return Arrays.stream(texts).map(Network::new).toList();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
