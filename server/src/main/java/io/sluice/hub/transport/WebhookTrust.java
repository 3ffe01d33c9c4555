package io.sluice.hub.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS that trusts the certificates of a file beside those that the JDK trusts. */
final class WebhookTrust {
    private WebhookTrust() {}

    /** Throws IOException when {@code file} cannot be read or holds no certificate. */
    static SSLContext in(Path file) throws IOException {
        try (InputStream pem = Files.newInputStream(file)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("file-" + count++, certificate);
            }
            if (count == 0) {
                throw new IOException(file + " holds no certificate");
            }
            for (var manager : managers(null).getTrustManagers()) {
                if (manager instanceof X509TrustManager known) {
                    for (var issuer : known.getAcceptedIssuers()) {
                        store.setCertificateEntry("jdk-" + count++, issuer);
                    }
                }
            }
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers(store).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException(file + " holds no usable certificates: " + unusable.getMessage(), unusable);
        }
    }

    private static TrustManagerFactory managers(@Nullable KeyStore store) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}
