package io.sluice.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a listener. The files are looked at every second: what changes is taken into use without a restart.
 *
 * @param certificate a PEM file with the chain, leaf first; served where no other certificate has the name that is asked for
 * @param key a PEM file with the unencrypted PKCS #8 private key
 * @param more further certificates, each served for the DNS names in it
 * @param clientCa a PEM file with the authorities whose client certificates are taken; without it clients are not asked for one
 * @param clientCertificates whether a client must show a certificate, where {@code client_ca} is set; {@code required} when
 *     nothing is said
 * @param hsts how long browsers shall use HTTPS only (RFC 6797): the {@code max-age} that every response says; nothing when not
 *     set
 */
public record TlsConfig(
        Path certificate,
        Path key,
        @Nullable List<TlsPairConfig> more,
        @Nullable Path clientCa,
        @Nullable ClientCertificates clientCertificates,
        @Nullable Duration hsts) {

    /** Whether a client must show a certificate. */
    public enum ClientCertificates {
        OPTIONAL,
        REQUIRED
    }

    /** One certificate, and nothing asked of clients. */
    public TlsConfig(Path certificate, Path key) {
        this(certificate, key, null, null, null, null);
    }

    public TlsConfig {
        more = more == null ? null : List.copyOf(more);
        if (clientCertificates != null && clientCa == null) {
            throw new IllegalArgumentException("client_certificates: needs client_ca, which says whose are taken");
        }
        if (hsts != null && hsts.isNegative()) {
            throw new IllegalArgumentException("hsts: must not be negative");
        }
    }

    /** All certificates, the one that is served by default first. */
    public List<TlsPairConfig> pairs() {
        var pairs = new ArrayList<TlsPairConfig>();
        pairs.add(new TlsPairConfig(certificate, key));
        pairs.addAll(Objects.requireNonNullElse(more, List.of()));
        return pairs;
    }

    /** Every file that TLS is made from. */
    public List<Path> files() {
        var files = new ArrayList<Path>();
        for (var pair : pairs()) {
            files.add(pair.certificate());
            files.add(pair.key());
        }
        if (clientCa != null) {
            files.add(clientCa);
        }
        return files;
    }

    /** True when a client without a certificate is turned away; false also when none is asked for. */
    public boolean isClientRequired() {
        return clientCa != null && clientCertificates != ClientCertificates.OPTIONAL;
    }
}
