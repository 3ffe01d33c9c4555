package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ServerProcess;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process itself: signals at awkward times, and what {@code demo --tls} speaks. */
class ProcessLifeTest {
    private static final Pattern PAGE = Pattern.compile("demos\\s+(https?://[^\\s/]+)");

    @TempDir
    Path folder;

    private Process demo(String... more) throws Exception {
        var arguments = Stream.concat(
                        Stream.of("demo", "--port", "0", "--admin-port", "0", "--data", folder.toString()),
                        Stream.of(more))
                .toArray(String[]::new);
        return new ProcessBuilder(ServerProcess.command(arguments))
                .redirectErrorStream(true)
                .start();
    }

    @Test
    void aSignalWhileItStartsClosesWhatIsOpen() throws Exception {
        var process = demo();
        // The data folder is opened before any address is bound.
        Eventually.holds(() -> Files.exists(folder.resolve("LOCK")) || isAnythingIn(folder));
        process.toHandle().destroy();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("stopped").doesNotContain("Exception");
    }

    @Test
    void theDemoOverTlsSpeaksBothVersions() throws Exception {
        var process = demo("--tls");
        try (var said = process.inputReader()) {
            var edge = URI.create(page(said));
            var tls = trusting(folder.resolve("tls").resolve(DemoCertificate.CERTIFICATE));
            try (var second = HttpClient.newBuilder().sslContext(tls).build();
                    var first = HttpClient.newBuilder()
                            .sslContext(tls)
                            .version(HttpClient.Version.HTTP_1_1)
                            .build()) {
                var request =
                        ApiClient.requestTo(edge.resolve("/v1/channels/news")).build();
                var http2 = second.send(request, HttpResponse.BodyHandlers.ofString());
                var http1 = first.send(request, HttpResponse.BodyHandlers.ofString());

                assertThat(http2.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(http1.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
                assertThat(http2.statusCode()).isEqualTo(200);
                assertThat(http1.body()).isEqualTo(http2.body()).contains("\"channel\":\"news\"");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean isAnythingIn(Path folder) {
        var files = folder.toFile().list();
        return files != null && files.length > 0;
    }

    private static String page(BufferedReader said) throws Exception {
        Matcher found = PAGE.matcher("");
        for (var line = said.readLine(); line != null; line = said.readLine()) {
            if (found.reset(line).find()) {
                return found.group(1);
            }
        }
        throw new AssertionError("it ended");
    }

    private static SSLContext trusting(Path certificate) throws Exception {
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var in = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry(
                    "sluice", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return tls;
    }
}
