package io.sluice.net;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** TLS for listeners: versions 1.3 and 1.2, HTTP/2 and HTTP/1.1 by ALPN; BoringSSL where it is available, else the JDK's. */
public final class TlsContexts {
    private static final Duration SELF_SIGNED_LIFE = Duration.ofDays(90);

    private TlsContexts() {}

    /** Reads a PEM certificate chain and its unencrypted PKCS #8 key; throws IOException naming the file that is wrong. */
    public static SslContext fromFiles(Path certificate, Path key) throws IOException {
        return build(SslContextBuilder.forServer(readable(certificate), readable(key)), certificate + " and " + key);
    }

    /** A certificate that nobody trusts, made now, for {@code names} such as {@code localhost}: for the demo and tests. */
    public static SelfSigned selfSigned(List<String> names, Clock clock) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            var now = clock.now();
            var subject = new X500Name("CN=" + names.getFirst());
            var certificate = new JcaX509v3CertificateBuilder(
                            subject,
                            new BigInteger(100, new SecureRandom()),
                            Date.from(now.minus(Duration.ofHours(1))),
                            Date.from(now.plus(SELF_SIGNED_LIFE)),
                            subject,
                            pair.getPublic())
                    .addExtension(Extension.subjectAlternativeName, false, alternatives(names))
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
            return new SelfSigned(new JcaX509CertificateConverter().getCertificate(certificate), pair.getPrivate());
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("this JDK cannot make a certificate", e);
        }
    }

    private static GeneralNames alternatives(List<String> names) {
        return new GeneralNames(names.stream()
                .map(name -> new GeneralName(
                        name.matches("[0-9.]+|.*:.*") ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new));
    }

    private static File readable(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("cannot read " + file);
        }
        return file.toFile();
    }

    private static SslContext build(SslContextBuilder builder, String what) throws IOException {
        try {
            return builder.sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
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

    /** A certificate that vouches for itself, and its key. */
    public record SelfSigned(X509Certificate certificate, PrivateKey key) {
        public SslContext context() throws IOException {
            return build(SslContextBuilder.forServer(key, certificate), "a self-signed certificate");
        }
    }
}
