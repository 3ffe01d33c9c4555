package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.sluice.config.DataSize;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.Subscription;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.HubGrpc;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.PublishStreamResponse;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.proto.v1.SubscribeResponse;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Flow control reaches the cursor, and what ends frees everything. */
final class GrpcFlowTest {
    private static final int KEPT = 100;
    private static final String BULK = "\"" + "x".repeat(30_000) + "\"";

    private EdgeServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        server = EdgeServer.with(new NamespaceConfig()
                .on("memory", Durability.MEMORY)
                .keeping(KEPT, DataSize.mib(64), Duration.ofHours(1)));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.close();
    }

    @Test
    void aStreamThatIsNotReadIsBehindAndHearsOfTheGapFirst() throws Exception {
        var api = new ApiClient(server);
        var stalled = new Reader("c");
        stalled.call.request(1);
        assertThat(stalled.next().hasSubscribed()).isTrue();

        for (int i = 0; i < 3 * KEPT; i++) {
            api.publish("c", BULK);
        }

        assertThat(behind()).isGreaterThan(KEPT);
        stalled.call.request(10 * KEPT);
        long offset = 0;
        boolean gap = false;
        while (offset < 3 * KEPT) {
            var response = stalled.next();
            long at = offset(
                    response.hasGap()
                            ? response.getGap().getTo()
                            : response.getMessage().getPosition());
            assertThat(response.hasGap() ? offset(response.getGap().getFrom()) : at)
                    .isEqualTo(offset + 1);
            gap |= response.hasGap();
            offset = at;
        }
        assertThat(gap).isTrue();
        stalled.call.cancel("enough", null);
    }

    @Test
    void cancellingFreesTheSubscriptionAtOnce() throws Exception {
        var reader = new Reader("c");
        reader.call.request(1);
        reader.next();

        reader.call.cancel("enough", null);

        Eventually.holds(() -> server.hub().sessions().count() == 0);
    }

    @Test
    void aDrainTellsWhenToComeBackAndThenSaysUnavailable() throws Exception {
        var reader = new Reader("c");
        reader.call.request(10);
        reader.next();

        var drain = Thread.ofVirtual().start(() -> server.drain(Duration.ofSeconds(2)));

        assertThat(reader.next().getDrain().getReconnectAfterMs()).isBetween(0L, 1000L);
        assertThat(reader.status.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        drain.join();
    }

    @Test
    void aStreamOfPublishesIsAnsweredWithOneResultEachInOrder() throws Exception {
        var answer = new CompletableFuture<PublishStreamResponse>();
        var requests = HubGrpc.newStub(channel).publishStream(new StreamObserver<>() {
            @Override
            public void onNext(PublishStreamResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                // The answer came before.
            }
        });

        for (int i = 1; i <= 500; i++) {
            requests.onNext(PublishRequest.newBuilder()
                    .setChannel(i == 250 ? "?" : "many")
                    .setJson(Integer.toString(i))
                    .build());
        }
        requests.onCompleted();
        var response = answer.get(30, TimeUnit.SECONDS);

        assertThat(response.getPublished()).isEqualTo(499);
        assertThat(response.getRefused()).isEqualTo(1);
        assertThat(response.getResults(249).getProblem().getCode()).isEqualTo("bad-channel");
        assertThat(response.getResults(499).getPublished().getPosition()).endsWith(".499");
    }

    @Test
    void compressedStreamsAreTheSameStreams() throws Exception {
        var api = new ApiClient(server);
        api.publish("c", BULK);

        var responses = HubGrpc.newBlockingStub(channel)
                .withCompression("gzip")
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .subscribe(SubscribeRequest.newBuilder()
                        .addChannels(ChannelStart.newBuilder().setChannel("c").setAfter("earliest"))
                        .build());

        assertThat(responses.next().hasSubscribed()).isTrue();
        assertThat(responses.next().getMessage().getJson()).isEqualTo(BULK);
    }

    private long behind() {
        return server.hub().sessions().all().stream()
                .flatMap(session -> session.subscriptions().stream())
                .mapToLong(Subscription::lag)
                .max()
                .orElse(0);
    }

    private static long offset(String position) {
        return Long.parseLong(position.substring(position.indexOf('.') + 1));
    }

    /** One Subscribe call whose responses are taken as they are asked for. */
    private final class Reader extends ClientCall.Listener<SubscribeResponse> {
        private final BlockingQueue<SubscribeResponse> responses = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> status = new CompletableFuture<>();
        private final ClientCall<SubscribeRequest, SubscribeResponse> call;

        Reader(String name) {
            call = channel.newCall(HubGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
            call.start(this, new Metadata());
            call.sendMessage(SubscribeRequest.newBuilder()
                    .addChannels(ChannelStart.newBuilder().setChannel(name))
                    .build());
            call.halfClose();
        }

        SubscribeResponse next() throws InterruptedException {
            var response = responses.poll(30, TimeUnit.SECONDS);
            if (response == null) {
                throw new AssertionError("nothing came, but " + status);
            }
            return response;
        }

        @Override
        public void onMessage(SubscribeResponse response) {
            responses.add(response);
        }

        @Override
        public void onClose(Status end, Metadata trailers) {
            status.complete(end);
        }
    }
}
