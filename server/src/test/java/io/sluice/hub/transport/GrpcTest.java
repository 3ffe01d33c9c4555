package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.HistoryRequest;
import io.sluice.proto.v1.HubGrpc;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What grpc-java's own client gets. */
final class GrpcTest {
    private static EdgeServer server;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() {
        server = EdgeServer.inMemory();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.close();
    }

    @Test
    void publishesOneMessage() {
        var published = hub().publish(PublishRequest.newBuilder()
                .setChannel("one")
                .setJson("{\"text\":\"hello\"}")
                .build());

        assertThat(published.getPosition()).endsWith(".1");
        assertThat(new ApiClient(server).get("/v1/channels/one/messages").body())
                .contains("\"text\":\"hello\"");
    }

    @Test
    void followsSeveralChannelsFromTheirCursorsOn() {
        var api = new ApiClient(server);
        var first = api.publish("follow:a", "1");
        api.publish("follow:a", "2");
        api.publish("follow:b", "3");

        var responses = hub().subscribe(SubscribeRequest.newBuilder()
                .addChannels(ChannelStart.newBuilder().setChannel("follow:a").setAfter(first))
                .addChannels(ChannelStart.newBuilder().setChannel("follow:b").setAfter("earliest"))
                .build());

        assertThat(responses.next().getSubscribed().getChannelsList())
                .allMatch(begun -> begun.getRecovered())
                .extracting(begun -> begun.getChannel())
                .containsExactly("follow:a", "follow:b");
        assertThat(responses.next().getMessage().getJson()).isEqualTo("2");
        assertThat(responses.next().getMessage().getJson()).isEqualTo("3");
        api.publish("follow:b", "4");
        assertThat(responses.next().getMessage().getJson()).isEqualTo("4");
    }

    @Test
    void readsHistory() {
        var api = new ApiClient(server);
        for (int i = 1; i <= 5; i++) {
            api.publish("past", Integer.toString(i));
        }

        var page = hub().history(HistoryRequest.newBuilder()
                .setChannel("past")
                .setAfter("earliest")
                .setLimit(3)
                .build());

        assertThat(page.getMessagesList())
                .extracting(message -> message.getJson())
                .containsExactly("1", "2", "3");
        assertThat(page.getPosition()).endsWith(".3");
    }

    @Test
    void saysWhyARequestIsRefused() {
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> hub().publish(PublishRequest.newBuilder()
                        .setChannel("no such name!")
                        .setJson("1")
                        .build()))
                .satisfies(refused -> {
                    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                    var details = java.util.Objects.requireNonNull(StatusProto.fromThrowable(refused));
                    assertThat(details.getDetails(0).unpack(ErrorInfo.class).getReason())
                            .isEqualTo("BAD_CHANNEL");
                });
    }

    @Test
    void saysThatItIsHealthy() {
        var answer = HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance());

        assertThat(answer.getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    private static HubGrpc.HubBlockingStub hub() {
        return HubGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }
}
