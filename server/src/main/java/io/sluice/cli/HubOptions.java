package io.sluice.cli;

import io.sluice.client.SluiceClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server a client command talks to, and as whom. */
final class HubOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The server; else SLUICE_URL, else http://127.0.0.1:8080.")
    private @Nullable URI url;

    @Option(names = "--token", paramLabel = "TOKEN", description = "A JWT or an API key; else SLUICE_TOKEN.")
    private @Nullable String token;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "Trust this PEM certificate too, such as the demo's.")
    private @Nullable Path cacert;

    HttpClient client() {
        var builder =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).version(HttpClient.Version.HTTP_1_1);
        if (cacert != null) {
            builder.sslContext(trusting(cacert));
        }
        return builder.build();
    }

    /** Settings for a client of this server; it uses {@code http}, which trusts what was asked for. */
    SluiceClient.Builder sluice(HttpClient http, Map<String, String> environment) {
        var builder = SluiceClient.at(at(environment).toString()).httpClient(http);
        var credentials = token(environment);
        return credentials == null ? builder : builder.token(credentials);
    }

    /** The server's address. */
    URI at(Map<String, String> environment) {
        var base = url != null ? url : URI.create(environment.getOrDefault("SLUICE_URL", "http://127.0.0.1:8080"));
        if (base.getHost() == null
                || base.getScheme() == null
                || !base.getScheme().startsWith("http")) {
            throw new CommandFailed("the URL must look like http://127.0.0.1:8080, not " + base);
        }
        return base;
    }

    @Nullable
    String token(Map<String, String> environment) {
        return token != null ? token : environment.get("SLUICE_TOKEN");
    }

    /** A certificate to trust, or null for those that the system trusts. */
    @Nullable
    Path trusted() {
        return cacert;
    }

    /** What the system does not trust: only this certificate, and those in the same file. */
    static SSLContext trusting(Path certificate) {
        try (var in = Files.newInputStream(certificate)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (var each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("trusted-" + count++, each);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException unusable) {
            throw new CommandFailed("cannot trust " + certificate + ": " + unusable.getMessage());
        }
    }
}
