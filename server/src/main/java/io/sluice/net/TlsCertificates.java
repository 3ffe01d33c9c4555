package io.sluice.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.Mapping;
import io.sluice.config.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of a listener: chosen by the name that a client asks for (RFC 6066 section 3), read anew when their files
 * change, with session tickets whose keys rotate. Thread-safe; {@link #look} is called by one thread, once a second or so.
 *
 * <p>A new set is taken as a whole or not at all: files that do not fit together, such as a certificate whose key has not been
 * written yet, leave the old set in use and are tried again when they change.
 */
public final class TlsCertificates implements Tls {
    private static final Logger LOG = LoggerFactory.getLogger(TlsCertificates.class);
    /** A ClientHello may be this long. */
    private static final int MAX_HELLO = 16 << 10;

    private static final Duration HANDSHAKE_TIME = Duration.ofSeconds(10);
    private static final Duration TICKET_KEY_LIFE = Duration.ofHours(8);
    /** The newest makes tickets; tickets of the others are still taken, so one lives a day at most. */
    private static final int TICKET_KEYS = 3;

    private static final int DNS_NAME = 2;

    private final TlsConfig config;
    private final Clock clock;
    private final SslProvider provider;
    private final SecureRandom random = new SecureRandom();
    private final Deque<OpenSslSessionTicketKey> ticketKeys = new ArrayDeque<>();
    private long rotatedNanos;
    private volatile Served served;
    private Map<Path, String> seen;

    /** What is served now. */
    private record Served(SslContext first, Map<String, SslContext> byName) {
        SslContext forName(@Nullable String name) {
            if (name == null) {
                return first;
            }
            var asked = name.toLowerCase(Locale.ROOT);
            var exact = byName.get(asked);
            if (exact != null) {
                return exact;
            }
            int dot = asked.indexOf('.');
            var wildcard = dot < 0 ? null : byName.get("*" + asked.substring(dot));
            return wildcard == null ? first : wildcard;
        }
    }

    /** Reads all files; throws IOException naming the one that is wrong. */
    public TlsCertificates(TlsConfig config, Clock clock) throws IOException {
        this(config, clock, TlsContexts.PROVIDER);
    }

    TlsCertificates(TlsConfig config, Clock clock, SslProvider provider) throws IOException {
        this.provider = provider;
        this.config = config;
        this.clock = clock;
        this.seen = stamps();
        this.served = read();
        rotate();
    }

    @Override
    public ChannelHandler handler(ByteBufAllocator allocator) {
        Mapping<String, SslContext> choice = name -> served.forName(name);
        return new SniHandler(choice, MAX_HELLO, HANDSHAKE_TIME.toMillis());
    }

    /** Takes changed files into use, and rotates the ticket keys when it is time. Reads files: not for an event loop. */
    public void look() {
        var now = stamps();
        if (!now.equals(seen)) {
            seen = now;
            try {
                var changed = read();
                useTicketKeys(changed);
                served = changed;
                LOG.info("certificates taken into use names={}", changed.byName.keySet());
            } catch (IOException unusable) {
                LOG.error("certificates not taken, the old ones stay in use: {}", unusable.getMessage());
            }
        }
        if (clock.nanos() - rotatedNanos >= TICKET_KEY_LIFE.toNanos()) {
            rotate();
        }
    }

    private Served read() throws IOException {
        var byName = new TreeMap<String, SslContext>();
        SslContext first = null;
        for (var pair : config.pairs()) {
            var context = TlsContexts.fromFiles(
                    pair.certificate(), pair.key(), config.clientCa(), config.isClientRequired(), provider);
            first = first == null ? context : first;
            for (var name : names(pair.certificate())) {
                byName.putIfAbsent(name, context);
            }
        }
        if (first == null) {
            throw new IOException("no certificate is configured");
        }
        return new Served(first, byName);
    }

    /** The DNS names that the leaf vouches for, in lower case. */
    private static List<String> names(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var leaf = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            var names = new ArrayList<String>();
            var alternatives = leaf.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (var alternative : alternatives) {
                    if (alternative.getFirst() instanceof Integer kind && kind == DNS_NAME) {
                        names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
                    }
                }
            }
            return names;
        } catch (CertificateException unreadable) {
            throw new IOException("no certificate in " + file + ": " + unreadable.getMessage(), unreadable);
        }
    }

    /** What tells a changed file: its time and size; a missing one is told too. */
    private Map<Path, String> stamps() {
        var stamps = new HashMap<Path, String>();
        for (var file : config.files()) {
            try {
                stamps.put(file, Files.getLastModifiedTime(file) + " " + Files.size(file));
            } catch (IOException missing) {
                stamps.put(file, "missing");
            }
        }
        return stamps;
    }

    /** The JDK's TLS makes and renews ticket keys by itself. */
    private void rotate() {
        rotatedNanos = clock.nanos();
        ticketKeys.addFirst(new OpenSslSessionTicketKey(
                bytes(OpenSslSessionTicketKey.NAME_SIZE),
                bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                bytes(OpenSslSessionTicketKey.AES_KEY_SIZE)));
        while (ticketKeys.size() > TICKET_KEYS) {
            ticketKeys.removeLast();
        }
        useTicketKeys(served);
    }

    private void useTicketKeys(Served by) {
        var keys = ticketKeys.toArray(OpenSslSessionTicketKey[]::new);
        var contexts = new ArrayList<>(by.byName.values());
        contexts.add(by.first);
        for (var context : contexts) {
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                sessions.setTicketKeys(keys);
            }
        }
    }

    private byte[] bytes(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
