package io.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.config.Config;
import io.sluice.config.HubConfig;
import io.sluice.config.TlsConfig;
import io.sluice.config.TlsPairConfig;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which certificate a client gets, by the name it asks for, after a change on disk, and with one of its own. */
class TlsCertificatesTest {
    @TempDir
    Path folder;

    private TlsPairConfig write(String file, String... names) throws IOException {
        var pair = new TlsPairConfig(folder.resolve(file + ".crt"), folder.resolve(file + ".key"));
        SelfSigned.of(List.of(names), Clock.SYSTEM).write(pair.certificate(), pair.key());
        return pair;
    }

    private EdgeServer server(TlsConfig tls) {
        var config = new Config();
        return EdgeServer.with(config.with(config.edge().with(tls)).with(new HubConfig().in(folder.resolve("data"))));
    }

    /** The name in the certificate that the server shows to who asks for {@code name}, and its answer to a request. */
    private static Shown ask(EdgeServer server, String name, @Nullable SelfSigned own) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(own == null ? null : keys(own), new TrustManager[] {new TrustsAnybody()}, null);
        try (var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            var parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            socket.setSSLParameters(parameters);
            socket.getOutputStream()
                    .write("GET /v1/channels/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            var leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return new Shown(leaf.getSubjectX500Principal().getName(), answer);
        }
    }

    private record Shown(String subject, String answer) {}

    private static KeyManager[] keys(SelfSigned own) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("own", own.key(), new char[0], new X509Certificate[] {own.certificate()});
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    @Test
    void servesTheCertificateThatHasTheNameAndOtherwiseTheFirst() throws Exception {
        var first = write("first", "first.example");
        var wild = write("wild", "*.wild.example");
        var tls = new TlsConfig(first.certificate(), first.key(), List.of(wild), null, null, Duration.ofDays(365));
        try (var server = server(tls)) {
            assertThat(ask(server, "first.example", null).subject).isEqualTo("CN=first.example");
            assertThat(ask(server, "A.wild.example", null).subject).isEqualTo("CN=*.wild.example");
            assertThat(ask(server, "a.b.wild.example", null).subject).isEqualTo("CN=first.example");
            assertThat(ask(server, "stranger.example", null).answer)
                    .startsWith("HTTP/1.1 200 ")
                    .contains("\r\nstrict-transport-security: max-age=31536000\r\n");
        }
    }

    @Test
    void takesChangedFilesIntoUseAndKeepsTheOldOnesWhileTheyDoNotFit() throws Exception {
        var pair = write("edge", "old.example");
        try (var server = server(new TlsConfig(pair.certificate(), pair.key()))) {
            Files.writeString(pair.certificate(), "half written");
            var meanwhile = ask(server, "x.example", null).subject;
            write("edge", "new.example");

            assertThat(meanwhile).isEqualTo("CN=old.example");
            Eventually.holds(() -> shows(server, "CN=new.example"));
        }
    }

    private static boolean shows(EdgeServer server, String subject) {
        try {
            return ask(server, "x.example", null).subject.equals(subject);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void asksClientsForACertificateOfTheConfiguredAuthority() throws Exception {
        var pair = write("edge", "edge.example");
        var client = SelfSigned.of(List.of("client.example"), Clock.SYSTEM);
        var stranger = SelfSigned.of(List.of("stranger.example"), Clock.SYSTEM);
        var authority = folder.resolve("clients.pem");
        client.write(authority, folder.resolve("client.key"));
        try (var server = server(new TlsConfig(pair.certificate(), pair.key(), null, authority, null, null))) {
            assertThat(ask(server, "edge.example", client).answer).startsWith("HTTP/1.1 200 ");
            assertThatThrownBy(() -> ask(server, "edge.example", stranger)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> ask(server, "edge.example", null)).isInstanceOf(IOException.class);
        }
    }

    /** The tests look at what is shown; whom to trust is not their question. */
    private static final class TrustsAnybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
