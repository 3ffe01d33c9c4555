package io.sluice.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
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

    /** A request for {@code path}, which is percent-encoded already. */
    HttpRequest.Builder request(String path, Map<String, String> environment) {
        var request = HttpRequest.newBuilder(at(path, environment));
        var credentials = token(environment);
        return credentials == null ? request : request.header("Authorization", "Bearer " + credentials);
    }

    URI at(String path, Map<String, String> environment) {
        var base = url != null ? url : URI.create(environment.getOrDefault("SLUICE_URL", "http://127.0.0.1:8080"));
        if (base.getHost() == null
                || base.getScheme() == null
                || !base.getScheme().startsWith("http")) {
            throw new CommandFailed("the URL must look like http://127.0.0.1:8080, not " + base);
        }
        var root = base.toString();
        return URI.create(root.endsWith("/") ? root.substring(0, root.length() - 1) + path : root + path);
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

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static SSLContext trusting(Path certificate) {
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
