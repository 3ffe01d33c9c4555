package io.sluice.cli;

import io.sluice.config.TlsConfig;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate for localhost, 127.0.0.1 and ::1 that nobody but its maker vouches for; the demo keeps it in its folder. */
final class SelfSignedCertificate {
    static final String CERTIFICATE = "certificate.pem";
    static final String KEY = "key.pem";
    private static final Duration VALID = Duration.ofDays(365);

    private SelfSignedCertificate() {}

    /** The certificate in {@code folder}, made when there is none or less than a day of it is left. */
    static TlsConfig in(Path folder) {
        var tls = new TlsConfig(folder.resolve(CERTIFICATE), folder.resolve(KEY));
        try {
            if (!isUsable(tls)) {
                Files.createDirectories(folder);
                make(tls);
            }
            return tls;
        } catch (IOException | GeneralSecurityException | OperatorCreationException failure) {
            throw new CommandFailed("cannot make a certificate in " + folder + ": " + failure.getMessage());
        }
    }

    private static boolean isUsable(TlsConfig tls) throws IOException, GeneralSecurityException {
        if (!Files.exists(tls.certificate()) || !Files.exists(tls.key())) {
            return false;
        }
        try (var in = Files.newInputStream(tls.certificate())) {
            var certificate = (java.security.cert.X509Certificate)
                    java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in);
            var tomorrow = io.sluice.net.Clock.SYSTEM.now().plus(Duration.ofDays(1));
            return certificate.getNotAfter().toInstant().isAfter(tomorrow);
        }
    }

    private static void make(TlsConfig tls) throws IOException, GeneralSecurityException, OperatorCreationException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        var pair = generator.generateKeyPair();
        var now = io.sluice.net.Clock.SYSTEM.now();
        var name = new X500Principal("CN=Sluice demo");
        var builder = new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(120, new SecureRandom()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(VALID)),
                name,
                pair.getPublic());
        describe(builder);
        var certificate = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
        writePrivately(tls.key(), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        Files.writeString(tls.certificate(), pem("CERTIFICATE", certificate.getEncoded()));
    }

    private static void describe(JcaX509v3CertificateBuilder builder) throws CertIOException {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
            new GeneralName(GeneralName.iPAddress, "::1")
        }));
    }

    private static void writePrivately(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            var mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Files.createFile(file, mine);
        }
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static String pem(String kind, byte[] der) {
        var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
    }
}
