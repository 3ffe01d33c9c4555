package io.sluice.cli;

import io.sluice.config.TlsConfig;
import io.sluice.net.Clock;
import io.sluice.net.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/** The certificate of {@code demo --tls}, for localhost, 127.0.0.1 and ::1, kept in the demo's folder. */
final class DemoCertificate {
    static final String CERTIFICATE = "certificate.pem";
    static final String KEY = "key.pem";

    private DemoCertificate() {}

    /** The certificate in {@code folder}, made when there is none or less than a day of it is left. */
    static TlsConfig in(Path folder) {
        var tls = new TlsConfig(folder.resolve(CERTIFICATE), folder.resolve(KEY));
        try {
            if (!isUsable(tls)) {
                Files.createDirectories(folder);
                SelfSigned.of(List.of("localhost", "127.0.0.1", "::1"), Clock.SYSTEM)
                        .write(tls.certificate(), tls.key());
            }
            return tls;
        } catch (IOException | GeneralSecurityException failure) {
            throw new CommandFailed("cannot make a certificate in " + folder + ": " + failure.getMessage());
        }
    }

    private static boolean isUsable(TlsConfig tls) throws IOException, GeneralSecurityException {
        if (!Files.exists(tls.certificate()) || !Files.exists(tls.key())) {
            return false;
        }
        try (var in = Files.newInputStream(tls.certificate())) {
            var certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            var tomorrow = Clock.SYSTEM.now().plus(Duration.ofDays(1));
            return certificate.getNotAfter().toInstant().isAfter(tomorrow);
        }
    }
}
