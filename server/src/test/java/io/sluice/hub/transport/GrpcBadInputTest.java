package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.HistoryRequest;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.PublishResponse;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.proto.v1.SubscribeResponse;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.GrpcWebClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is answered with the status that gRPC has for it, and the server goes on. */
final class GrpcBadInputTest {
    private static final String PUBLISH = "sluice.v1.Hub/Publish";
    private static final String SUBSCRIBE = "sluice.v1.Hub/Subscribe";
    private static final PublishRequest GOOD =
            PublishRequest.newBuilder().setChannel("bad-input").setJson("1").build();

    private static EdgeServer server;
    private static GrpcWebClient client;

    @BeforeAll
    static void start() {
        server = EdgeServer.inMemory();
        client = new GrpcWebClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aGoodCallIsAnsweredWithAMessageAndItsStatus() throws Exception {
        var answer = client.call(PUBLISH, GOOD);

        assertThat(answer.status()).isZero();
        assertThat(answer.contentType()).isEqualTo("application/grpc-web+proto");
        assertThat(PublishResponse.parseFrom(answer.messages().getFirst()).getChannel())
                .isEqualTo("bad-input");
    }

    @Test
    void textIsAnsweredWithText() throws Exception {
        var body = Base64.getEncoder().encode(GrpcWebClient.frame(0, GOOD.toByteArray()));

        var answer = client.send("application/grpc-web-text", PUBLISH, body);

        assertThat(answer.status()).isZero();
        assertThat(answer.contentType()).isEqualTo("application/grpc-web-text+proto");
        assertThat(PublishResponse.parseFrom(answer.messages().getFirst()).getChannel())
                .isEqualTo("bad-input");
    }

    @Test
    void textAndBinaryAreTheSameOverHttp2() throws Exception {
        var http2 = GrpcWebClient.overHttp2(server);
        http2.call(PUBLISH, PublishRequest.newBuilder(GOOD).setChannel("http2").build());
        var request = SubscribeRequest.newBuilder()
                .addChannels(ChannelStart.newBuilder().setChannel("http2").setAfter("earliest"))
                .build();
        var frame = GrpcWebClient.frame(0, request.toByteArray());

        var binary = http2.send("application/grpc-web", SUBSCRIBE, frame, "grpc-timeout", "1S");
        var text = http2.send(
                "application/grpc-web-text", SUBSCRIBE, Base64.getEncoder().encode(frame), "grpc-timeout", "1S");

        for (var answer : List.of(binary, text)) {
            assertThat(answer.response().version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(code(answer)).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(answer.messages()).hasSize(2);
            assertThat(SubscribeResponse.parseFrom(answer.messages().getLast())
                            .getMessage()
                            .getJson())
                    .isEqualTo("1");
        }
        assertThat(text.contentType()).isEqualTo("application/grpc-web-text+proto");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/json", "application/grpc+json", "application/grpcish"})
    void anotherContentTypeIsNotSupported(String contentType) {
        var answer = client.send(contentType, PUBLISH, GrpcWebClient.frame(0, GOOD.toByteArray()));

        assertThat(answer.response().statusCode()).isEqualTo(415);
    }

    @Test
    void anUnknownMethodIsUnimplemented() {
        assertThat(code(client.call("sluice.v1.Hub/Nothing", GOOD))).isEqualTo(Code.UNIMPLEMENTED);
        assertThat(client.call("no.such.Service/Nothing", GOOD).response().statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "0n, DEADLINE_EXCEEDED",
        "0H, DEADLINE_EXCEEDED",
        "soon, INTERNAL",
        "123456789S, INTERNAL",
        "1, INTERNAL"
    })
    void aDeadlineInThePastOrThatIsNoneEndsTheCall(String timeout, Code expected) {
        var answer = client.call(PUBLISH, GOOD, "grpc-timeout", timeout);

        assertThat(code(answer)).isEqualTo(expected);
    }

    @Test
    void aDeadlineEndsAStreamInTime() {
        var request = SubscribeRequest.newBuilder()
                .addChannels(ChannelStart.newBuilder().setChannel("quiet"))
                .build();

        var answer = client.call(SUBSCRIBE, request, "grpc-timeout", "300m");

        assertThat(answer.messages()).hasSize(1);
        assertThat(code(answer)).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(server.hub().sessions().count()).isZero();
    }

    @Test
    void aTruncatedMessageEndsTheCall() {
        var whole = GrpcWebClient.frame(0, GOOD.toByteArray());

        for (int length : new int[] {1, 4, 6, whole.length - 1}) {
            var answer = client.send("application/grpc-web", PUBLISH, Arrays.copyOf(whole, length));
            assertThat(code(answer)).as("%d bytes", length).isEqualTo(Code.INTERNAL);
        }
    }

    @Test
    void aBodyWithoutAMessageIsNoUnaryCall() {
        assertThat(code(client.send("application/grpc-web", PUBLISH, new byte[0])))
                .isEqualTo(Code.INTERNAL);
    }

    @Test
    void unknownFlagsAndBytesThatAreNoMessageEndTheCall() {
        var flags = client.send("application/grpc-web", PUBLISH, GrpcWebClient.frame(2, GOOD.toByteArray()));
        var compressed = client.send("application/grpc-web", PUBLISH, GrpcWebClient.frame(1, GOOD.toByteArray()));
        var noise = client.send("application/grpc-web", PUBLISH, GrpcWebClient.frame(0, new byte[] {-1, -1, -1}));
        var noText = client.send("application/grpc-web-text", PUBLISH, new byte[] {'*', '*', '*', '*'});

        assertThat(code(flags)).isEqualTo(Code.INTERNAL);
        assertThat(code(compressed)).isEqualTo(Code.INTERNAL);
        assertThat(code(noise)).isEqualTo(Code.INTERNAL);
        assertThat(code(noText)).isEqualTo(Code.INTERNAL);
    }

    @Test
    void aMessageThatSaysItIsTooLargeIsRefusedBeforeItCame() {
        var body = new byte[] {0, 0x7f, 0, 0, 0};

        assertThat(code(client.send("application/grpc-web", PUBLISH, body))).isEqualTo(Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void gzipIsTakenAndGivenBack() throws Exception {
        var large = GOOD.toBuilder().setJson("\"" + "a".repeat(2000) + "\"").build();

        client.send(
                "application/grpc-web",
                PUBLISH,
                GrpcWebClient.frame(1, gzip(large.toByteArray())),
                "grpc-encoding",
                "gzip");
        var history = client.send(
                "application/grpc-web",
                "sluice.v1.Hub/History",
                GrpcWebClient.frame(
                        0,
                        HistoryRequest.newBuilder()
                                .setChannel("bad-input")
                                .build()
                                .toByteArray()),
                "grpc-encoding",
                "gzip",
                "grpc-accept-encoding",
                "gzip");

        assertThat(history.response().headers().firstValue("grpc-encoding")).hasValue("gzip");
        try (var in = new GZIPInputStream(
                new java.io.ByteArrayInputStream(history.messages().getFirst()))) {
            assertThat(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1))
                    .contains("a".repeat(2000));
        }
    }

    @Test
    void aMessageThatInflatesTooFarIsRefused() throws IOException {
        var bomb = gzip(new byte[64 << 20]);

        var answer =
                client.send("application/grpc-web", PUBLISH, GrpcWebClient.frame(1, bomb), "grpc-encoding", "gzip");

        assertThat(code(answer)).isEqualTo(Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void anotherEncodingIsUnimplemented() {
        var answer = client.call(PUBLISH, GOOD, "grpc-encoding", "snappy");

        assertThat(code(answer)).isEqualTo(Code.UNIMPLEMENTED);
        assertThat(answer.response().headers().firstValue("grpc-accept-encoding"))
                .hasValue("identity,gzip");
    }

    private static Code code(GrpcWebClient.Answer answer) {
        assertThat(answer.response().statusCode()).isEqualTo(200);
        return io.grpc.Status.fromCodeValue(answer.status()).getCode();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }
}
