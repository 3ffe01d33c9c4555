package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.net.Clock;
import io.sluice.net.SelfSigned;
import io.sluice.testkit.EdgeServer;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client over TLS, with the trust of the application's HTTP client. */
class TlsClientTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private EdgeServer server(SelfSigned certificate) throws Exception {
        certificate.write(folder.resolve("edge.crt"), folder.resolve("edge.key"));
        return EdgeServer.configured(
                Clock.SYSTEM, "edge: {tls: {certificate: %s/edge.crt, key: %s/edge.key}}".formatted(folder, folder));
    }

    private static HttpClient trusting(SelfSigned certificate) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("edge", certificate.certificate());
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void everyTransportFollowsOverTls(Transport transport) throws Exception {
        var certificate = SelfSigned.of(List.of("127.0.0.1"), Clock.SYSTEM);
        try (var server = server(certificate);
                var http = trusting(certificate);
                var client = SluiceClient.at(server.uri("").toString())
                        .httpClient(http)
                        .transports(transport)
                        .connect()) {
            var subscription = client.channel("a").subscribe("latest");
            subscription.awaitStart(SOON);
            var large = '"' + "x".repeat(200_000) + '"';
            client.channel("a").publish(large);

            assertThat(((Publication) subscription.next(SOON).orElseThrow()).data())
                    .isEqualTo(large);
        }
    }

    @Test
    void aCertificateThatNobodyVouchesForAndOneOfAnotherNameAreRefused() throws Exception {
        var other = SelfSigned.of(List.of("edge.example"), Clock.SYSTEM);
        try (var server = server(other)) {
            for (var http : List.of(HttpClient.newHttpClient(), trusting(other))) {
                try (http;
                        var client = SluiceClient.at(server.uri("").toString())
                                .httpClient(http)
                                .transports(Transport.WEBSOCKET)
                                .timing(Quick.HUNDREDTH)
                                .maxRetries(1)
                                .connect()) {
                    var subscription = client.channel("a").subscribe("latest");

                    assertThatThrownBy(() -> subscription.next(SOON)).isInstanceOf(SluiceException.class);
                    assertThat(client.state()).isInstanceOf(ConnectionState.Failed.class);
                }
            }
        }
    }
}
