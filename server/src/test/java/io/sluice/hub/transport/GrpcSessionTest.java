package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import io.sluice.proto.v1.Authenticate;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.ConnectRequest;
import io.sluice.proto.v1.ConnectResponse;
import io.sluice.proto.v1.ConnectResponse.EventCase;
import io.sluice.proto.v1.HubGrpc;
import io.sluice.proto.v1.Ping;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.Reply;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SignedTokens;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of gRPC calls whose token expires, is renewed or is revoked, and of those that do too much. */
final class GrpcSessionTest {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private final ManualClock clock = new ManualClock();
    private final EdgeServer server = EdgeServer.configured(clock, """
            auth: {mode: jwt, secret: %s, clock_skew: 0s, expiry_warning: 10s}
            limits: {session: {publishes: 5/10s, refusals: 3/10s}, user: {publishes: 5/10s}}
            """.formatted(SignedTokens.SECRET));
    private final ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .build();

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.close();
    }

    @Test
    void aConnectIsWarnedAndThenEndsWithItsToken() throws Exception {
        var call = connected("alice", 40);

        clock.advance(Duration.ofSeconds(30));
        var warning = next(call, EventCase.EXPIRING).getExpiring();
        clock.advance(Duration.ofSeconds(10));

        assertThat(warning.getInMs()).isBetween(9_000L, 10_000L);
        assertThat(ended(call)).isEqualTo(Code.UNAUTHENTICATED);
        Eventually.holds(() -> server.hub().sessions().count() == 0);
    }

    @Test
    void aRenewedConnectGoesOnWithItsSubscriptions() throws Exception {
        var call = connected("alice", 40);
        reply(
                call,
                command(1)
                        .setSubscribe(SubscribeRequest.newBuilder()
                                .addChannels(ChannelStart.newBuilder().setChannel("news"))));
        clock.advance(Duration.ofSeconds(30));
        next(call, EventCase.EXPIRING);

        var renewed =
                reply(call, command(2).setAuthenticate(Authenticate.newBuilder().setToken(token("alice", 50))));
        clock.advance(Duration.ofSeconds(20));
        new ApiClient(server.as(token("backend", 60))).publish("news", "1");

        assertThat(renewed.getAuthenticated().getUser()).isEqualTo("alice");
        assertThat(next(call, EventCase.MESSAGE).getMessage().getJson()).isEqualTo("1");
        call.cancel("enough", null);
    }

    @Test
    void aSubscribeEndsWithItsTokenWithoutAWarningItCouldNotFollow() {
        var responses = hub("alice", 40)
                .subscribe(SubscribeRequest.newBuilder()
                        .addChannels(ChannelStart.newBuilder().setChannel("news"))
                        .build());
        assertThat(responses.next().hasSubscribed()).isTrue();

        clock.advance(Duration.ofSeconds(40));

        var end = catchThrowableOfType(StatusRuntimeException.class, () -> {
            while (true) {
                // Who is there may have changed before.
                responses.next();
            }
        });
        assertThat(end.getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED);
    }

    @Test
    void aCallerWhoStaysAnonymousIsSentAwayAfterFiveSeconds() throws Exception {
        var call = HubGrpc.newBlockingV2Stub(channel).connect();
        next(call, EventCase.WELCOME);

        clock.advance(Duration.ofSeconds(6));

        assertThat(ended(call)).isEqualTo(Code.UNAUTHENTICATED);
    }

    @Test
    void revokingAUserEndsItsCalls() throws Exception {
        var call = connected("alice", 3600);
        clock.advance(Duration.ofSeconds(1));

        new ApiClient(server).admin("/v1/admin/revoke", "{\"user\":\"alice\"}");

        assertThat(ended(call)).isEqualTo(Code.UNAUTHENTICATED);
    }

    @Test
    void whoPublishesTooOftenIsToldWhenToComeBack() throws Exception {
        var hub = hub("alice", 3600);
        for (int i = 0; i < 5; i++) {
            hub.publish(message(i));
        }

        var refused = catchThrowableOfType(StatusRuntimeException.class, () -> hub.publish(message(6)));

        assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        var status = Objects.requireNonNull(StatusProto.fromThrowable(refused));
        assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("RATE_LIMITED");
        long wait = status.getDetails(1).unpack(RetryInfo.class).getRetryDelay().getSeconds();
        assertThat(wait).isBetween(0L, 10L);
        assertThat(Objects.requireNonNull(refused.getTrailers()).get(PUSHBACK)).isNotNull();
        clock.advance(Duration.ofSeconds(wait + 1));
        assertThat(hub.publish(message(7)).getPosition()).endsWith(".6");
    }

    @Test
    void aConnectThatGoesOnRegardlessIsEnded() throws Exception {
        var call = connected("alice", 3600);
        for (int i = 1; i <= 5; i++) {
            assertThat(reply(call, command(i).setPublish(message(i))).hasPublished())
                    .isTrue();
        }

        var first = reply(call, command(6).setPublish(message(6))).getProblem();
        var end = catchThrowableOfType(StatusException.class, () -> {
            // Behind a reply that it has not read a stub does not hear of its end, and a write waits for ever.
            for (int i = 7; i < 20; i++) {
                call.write(command(i).setPublish(message(i)).build(), 30, TimeUnit.SECONDS);
                next(call, EventCase.REPLY);
            }
        });

        assertThat(first.getCode()).isEqualTo("rate-limited");
        assertThat(first.getRetryAfterMs()).isPositive();
        assertThat(end.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    }

    private BlockingClientCall<ConnectRequest, ConnectResponse> connected(String user, int seconds) throws Exception {
        var call = HubGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(authorization(user, seconds)))
                .connect();
        assertThat(next(call, EventCase.WELCOME).getWelcome().getUser()).isEqualTo(user);
        reply(call, command(99).setPing(Ping.getDefaultInstance()));
        return call;
    }

    private HubGrpc.HubBlockingStub hub(String user, int seconds) {
        return HubGrpc.newBlockingStub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(authorization(user, seconds)));
    }

    private Metadata authorization(String user, int seconds) {
        var metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token(user, seconds));
        return metadata;
    }

    private String token(String user, int seconds) {
        return SignedTokens.of(user, clock.now(), Duration.ofSeconds(seconds));
    }

    private static PublishRequest message(int data) {
        return PublishRequest.newBuilder()
                .setChannel("news")
                .setJson(Integer.toString(data))
                .build();
    }

    private static ConnectRequest.Builder command(long id) {
        return ConnectRequest.newBuilder().setId(id);
    }

    private static Reply reply(BlockingClientCall<ConnectRequest, ConnectResponse> call, ConnectRequest.Builder command)
            throws Exception {
        assertThat(call.write(command.build(), 30, TimeUnit.SECONDS)).isTrue();
        while (true) {
            var reply = next(call, EventCase.REPLY).getReply();
            if (reply.getId() == command.getId()) {
                return reply;
            }
        }
    }

    private static ConnectResponse next(BlockingClientCall<ConnectRequest, ConnectResponse> call, EventCase wanted)
            throws Exception {
        while (true) {
            var response = call.read(30, TimeUnit.SECONDS);
            if (response == null) {
                throw new AssertionError("the call ended");
            }
            if (response.getEventCase() == wanted) {
                return response;
            }
        }
    }

    /** Reads to the end; how the call ended. */
    private static Code ended(BlockingClientCall<ConnectRequest, ConnectResponse> call) throws Exception {
        try {
            while (call.read(30, TimeUnit.SECONDS) != null) {
                // What was sent before the end.
            }
            return Code.OK;
        } catch (StatusException end) {
            return end.getStatus().getCode();
        }
    }
}
