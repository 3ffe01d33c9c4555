package io.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslProvider;
import io.sluice.config.TlsConfig;
import io.sluice.http.ExchangeObserver;
import io.sluice.http.HttpRoutes;
import io.sluice.http.HttpServer;
import io.sluice.http.HttpSettings;
import io.sluice.testkit.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS on BoringSSL and on the JDK's, as {@code openssl s_client} and curl see it. */
class TlsProvidersTest {
    private static final String GET = "GET /livez HTTP/1.1\r\nHost: edge.example\r\nConnection: close\r\n\r\n";

    private final ManualClock clock = new ManualClock();
    private final EventLoops loops = new EventLoops(new EventLoops.Settings(EventLoops.Kernel.AUTO, 1), Clock.SYSTEM);
    private final List<Listener> listeners = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        listeners.forEach(Listener::close);
        loops.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"JDK", "OPENSSL"})
    void servesVersions13And12WithModernSuitesAndNothingOlder(SslProvider provider) throws Exception {
        int port = serve(certificates(provider));

        assertThat(client(port, "-tls1_3")).contains("New, TLSv1.3", "HTTP/1.1 404 ");
        assertThat(client(port, "-tls1_2"))
                .contains("New, TLSv1.2", "HTTP/1.1 404 ")
                .containsPattern("Cipher is .*(GCM|CHACHA20)");
        assertThat(client(port, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")).contains("Cipher is (NONE)");
        assertThat(client(port, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA"))
                .contains("Cipher is (NONE)");
        assertThat(client(port, "-tls1_2", "-cipher", "AES128-GCM-SHA256"))
                .as("without forward secrecy")
                .contains("Cipher is (NONE)");
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"JDK", "OPENSSL"})
    void agreesOnHttp2AndShowsTheCertificateOfTheName(SslProvider provider) throws Exception {
        int port = serve(certificates(provider));

        var other = client(port, "-servername", "other.example");
        var version = run(
                "",
                "curl",
                "-sk",
                "-o",
                "/dev/null",
                "-w",
                "%{http_version} %{http_code}",
                "https://127.0.0.1:" + port + "/livez");

        assertThat(other).contains("subject=CN = other.example");
        assertThat(version).isEqualTo("2 404");
    }

    @Test
    void aTicketIsTakenUntilItsKeyHasRotatedAway() throws Exception {
        var certificates = certificates(SslProvider.OPENSSL);
        int port = serve(certificates);
        var ticket = folder.resolve("ticket.pem").toString();

        assertThat(client(port, "-sess_out", ticket)).contains("New, TLSv1.3");
        for (int rotations = 1; rotations <= 2; rotations++) {
            clock.advance(Duration.ofHours(8));
            certificates.look();
            assertThat(client(port, "-sess_in", ticket))
                    .as("after %d rotations", rotations)
                    .contains("Reused, TLSv1.3");
        }
        clock.advance(Duration.ofHours(8));
        certificates.look();

        assertThat(client(port, "-sess_in", ticket)).contains("New, TLSv1.3");
    }

    private TlsCertificates certificates(SslProvider provider) throws IOException {
        write("edge.example");
        write("other.example");
        var edge = new TlsConfig(folder.resolve("edge.example.crt"), folder.resolve("edge.example.key"));
        var other = new io.sluice.config.TlsPairConfig(
                folder.resolve("other.example.crt"), folder.resolve("other.example.key"));
        return new TlsCertificates(
                new TlsConfig(edge.certificate(), edge.key(), List.of(other), null, null, null), clock, provider);
    }

    private void write(String name) throws IOException {
        SelfSigned.of(List.of(name), Clock.SYSTEM).write(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    }

    private int serve(Tls tls) throws IOException {
        var server = new HttpServer(new HttpRoutes(), new HttpSettings(), Clock.SYSTEM, ExchangeObserver.NONE, tls);
        var listener =
                Listener.bind(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), server.pipeline());
        listeners.add(listener);
        return listener.port();
    }

    /** What OpenSSL's client says of one connection with one request. */
    private static String client(int port, String... options) throws Exception {
        var command = new ArrayList<>(List.of("openssl", "s_client", "-ign_eof", "-connect", "127.0.0.1:" + port));
        command.addAll(List.of(options));
        return run(GET, command.toArray(String[]::new));
    }

    private static String run(String input, String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var to = process.getOutputStream()) {
            to.write(input.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException ended) {
            // It has refused before it read.
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
