package io.sluice.net;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS for listeners: versions 1.3 and 1.2, HTTP/2 and HTTP/1.1 by ALPN; BoringSSL where it is available, else the JDK's. */
public final class TlsContexts {
    /** BoringSSL where its native library is there. */
    static final SslProvider PROVIDER = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

    private TlsContexts() {}

    /** Reads a PEM certificate chain and its unencrypted PKCS #8 key; throws IOException naming the file that is wrong. */
    public static SslContext fromFiles(Path certificate, Path key) throws IOException {
        return fromFiles(certificate, key, null, false, PROVIDER);
    }

    /**
     * The same with client certificates, where {@code clientCa} names a PEM file with the authorities whose are taken.
     *
     * @param required whether a client without one is turned away
     */
    static SslContext fromFiles(
            Path certificate, Path key, @Nullable Path clientCa, boolean required, SslProvider provider)
            throws IOException {
        try {
            var builder = SslContextBuilder.forServer(readable(certificate), readable(key));
            if (clientCa != null) {
                builder.trustManager(readable(clientCa))
                        .clientAuth(required ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
            }
            return build(builder, provider, certificate + " and " + key);
        } catch (IllegalArgumentException unreadable) {
            throw new IOException(
                    "no TLS with " + certificate + " and " + key + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private static File readable(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("cannot read " + file);
        }
        return file.toFile();
    }

    static SslContext build(SslContextBuilder builder, String what) throws IOException {
        return build(builder, PROVIDER, what);
    }

    private static SslContext build(SslContextBuilder builder, SslProvider provider, String what) throws IOException {
        try {
            return builder.sslProvider(provider)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IOException("no TLS with " + what + ": " + e.getMessage(), e);
        }
    }
}
