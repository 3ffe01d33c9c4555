package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.sluice.config.AuthConfig;
import io.sluice.config.Config;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.config.Secret;
import io.sluice.proto.v1.Authenticate;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.ConnectRequest;
import io.sluice.proto.v1.ConnectResponse;
import io.sluice.proto.v1.ConnectResponse.EventCase;
import io.sluice.proto.v1.Direct;
import io.sluice.proto.v1.HistoryRequest;
import io.sluice.proto.v1.HubGrpc;
import io.sluice.proto.v1.Ping;
import io.sluice.proto.v1.PresenceRequest;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.ReadMarkerRequest;
import io.sluice.proto.v1.Reply;
import io.sluice.proto.v1.SendSignal;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.proto.v1.Unsubscribe;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every command of a Connect call is answered once, with its id. */
final class GrpcConnectTest {
    private static final String SECRET = "a-secret-of-more-than-32-bytes-one";

    private EdgeServer server;
    private ManagedChannel channel;
    private BlockingClientCall<ConnectRequest, ConnectResponse> call;

    @BeforeEach
    void connect() throws Exception {
        open(EdgeServer.inMemory());
    }

    @AfterEach
    void close() throws InterruptedException {
        call.cancel("the test is over", null);
        channel.shutdownNow().awaitTermination(30, TimeUnit.SECONDS);
        server.close();
    }

    private void open(EdgeServer started) throws Exception {
        server = started;
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        call = HubGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .connect();
        assertThat(next(EventCase.WELCOME).getWelcome().getSession()).isNotEmpty();
    }

    @Test
    void subscribesPublishesAndUnsubscribes() throws Exception {
        var subscribed = reply(command(1)
                .setSubscribe(SubscribeRequest.newBuilder()
                        .addChannels(ChannelStart.newBuilder().setChannel("a"))
                        .addChannels(ChannelStart.newBuilder().setChannel("b"))));
        send(command(2)
                .setPublish(PublishRequest.newBuilder()
                        .setChannel("a")
                        .setEvent("note")
                        .setText("hello")
                        .putHeaders("k", "v")));

        var message = next(EventCase.MESSAGE).getMessage();
        var unsubscribed =
                reply(command(3).setUnsubscribe(Unsubscribe.newBuilder().setChannel("a")));
        var again = reply(command(4).setUnsubscribe(Unsubscribe.newBuilder().setChannel("a")));

        assertThat(subscribed.getSubscribed().getChannelsList())
                .extracting(begun -> begun.getChannel())
                .containsExactly("a", "b");
        assertThat(message.getText()).isEqualTo("hello");
        assertThat(message.getEvent()).isEqualTo("note");
        assertThat(message.getHeadersMap()).isEqualTo(Map.of("k", "v"));
        assertThat(unsubscribed.hasDone()).isTrue();
        assertThat(again.getProblem().getCode()).isEqualTo("not-found");
    }

    @Test
    void oneRefusedChannelDoesNotStopTheOthers() throws Exception {
        reply(command(1)
                .setSubscribe(SubscribeRequest.newBuilder()
                        .addChannels(ChannelStart.newBuilder().setChannel("a"))));

        var subscribed = reply(command(2)
                        .setSubscribe(SubscribeRequest.newBuilder()
                                .addChannels(ChannelStart.newBuilder().setChannel("a"))
                                .addChannels(ChannelStart.newBuilder().setChannel("b"))))
                .getSubscribed();

        assertThat(subscribed.getChannels(0).getProblem().getCode()).isEqualTo("conflict");
        assertThat(subscribed.getChannels(1).getRecovered()).isTrue();
    }

    @Test
    void signalsReachThoseWhoArePresent() throws Exception {
        reply(command(1)
                .setSubscribe(SubscribeRequest.newBuilder()
                        .addChannels(ChannelStart.newBuilder().setChannel("a"))));
        send(command(2).setSignal(SendSignal.newBuilder().setChannel("a").setEvent("typing")));

        var signal = next(EventCase.SIGNAL).getSignal();
        var malformed = reply(command(3)
                .setSignal(SendSignal.newBuilder()
                        .setChannel("a")
                        .setEvent("typing")
                        .setJson("{")));

        assertThat(signal.getEvent()).isEqualTo("typing");
        assertThat(signal.getJson()).isEqualTo("null");
        assertThat(malformed.getProblem().getCode()).isEqualTo("bad-json");
    }

    @Test
    void aUserHasPresenceAMarkerAndMessagesOfItsOwn() throws Exception {
        var known = reply(command(1).setAuthenticate(Authenticate.newBuilder().setToken("alice")));
        reply(command(2)
                .setSubscribe(SubscribeRequest.newBuilder()
                        .addChannels(ChannelStart.newBuilder().setChannel("a"))));
        var published = reply(command(3)
                .setPublish(PublishRequest.newBuilder().setChannel("a").setJson("1")));
        var presence = reply(command(4).setPresence(PresenceRequest.newBuilder().setChannel("a")));
        var marker = reply(command(5)
                .setRead(ReadMarkerRequest.newBuilder()
                        .setChannel("a")
                        .setPosition(published.getPublished().getPosition())));
        var direct = reply(command(6)
                .setDirect(Direct.newBuilder()
                        .setUser("bob")
                        .setMessage(PublishRequest.newBuilder().setJson("2"))));
        var history = reply(command(7).setHistory(HistoryRequest.newBuilder().setChannel("user:bob")));

        assertThat(known.getAuthenticated().getUser()).isEqualTo("alice");
        assertThat(presence.getPresence().getUsersList())
                .extracting(member -> member.getId())
                .containsExactly("alice");
        assertThat(marker.getRead().getUnread()).isZero();
        assertThat(direct.getPublished().getChannel()).isEqualTo("user:bob");
        assertThat(history.getHistory().getMessages(0).getFrom()).isEqualTo("alice");
    }

    @Test
    void pingIsAnsweredAndWhatIsNoCommandIsRefused() throws Exception {
        assertThat(reply(command(8).setPing(Ping.getDefaultInstance())).hasPong())
                .isTrue();
        assertThat(reply(command(9)).getProblem().getField()).isEqualTo("command");
        assertThat(reply(command(10)
                                .setPublish(PublishRequest.newBuilder()
                                        .setChannel("no name!")
                                        .setJson("1")))
                        .getProblem()
                        .getCode())
                .isEqualTo("bad-channel");
    }

    @Test
    void endsWhenTheClientEndsItAndFreesItsSession() throws Exception {
        call.halfClose();

        assertThat(call.read(30, TimeUnit.SECONDS)).isNull();
        Eventually.holds(() -> server.hub().sessions().count() == 0);
    }

    @Test
    void cancellingFreesTheSession() {
        call.cancel("enough", null);

        Eventually.holds(() -> server.hub().sessions().count() == 0);
    }

    @Test
    void withoutATokenNothingButAuthenticatingIsAllowed() throws Exception {
        close();
        open(withTokens());

        var refused = reply(command(1)
                .setPublish(PublishRequest.newBuilder().setChannel("a").setJson("1")));
        var wrong = reply(command(2).setAuthenticate(Authenticate.newBuilder().setToken("nonsense")));
        var known = reply(command(3).setAuthenticate(Authenticate.newBuilder().setToken(token("alice", "a"))));
        var forbidden = reply(command(4)
                .setPublish(PublishRequest.newBuilder().setChannel("b").setJson("1")));
        var allowed = reply(command(5)
                .setPublish(PublishRequest.newBuilder().setChannel("a").setJson("1")));

        assertThat(refused.getProblem().getCode()).isEqualTo("unauthenticated");
        assertThat(wrong.getProblem().getCode()).isEqualTo("unauthenticated");
        assertThat(known.getAuthenticated().getUser()).isEqualTo("alice");
        assertThat(forbidden.getProblem().getCode()).isEqualTo("forbidden");
        assertThat(allowed.getPublished().getPosition()).endsWith(".1");
    }

    @Test
    void othersCallsNeedATokenAtOnce() throws Exception {
        close();
        open(withTokens());

        try {
            HubGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .publish(PublishRequest.newBuilder()
                            .setChannel("a")
                            .setJson("1")
                            .build());
            throw new AssertionError("it was let in");
        } catch (io.grpc.StatusRuntimeException refused) {
            assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED);
        }
    }

    private static EdgeServer withTokens() {
        var hub = new HubConfig().with(new NamespaceConfig().on("memory", Durability.MEMORY));
        return EdgeServer.with(
                new Config().with(AuthConfig.jwt(new Secret(SECRET))).with(hub));
    }

    private static ConnectRequest.Builder command(long id) {
        return ConnectRequest.newBuilder().setId(id);
    }

    private void send(ConnectRequest.Builder command) throws Exception {
        assertThat(call.write(command.build(), 30, TimeUnit.SECONDS)).isTrue();
    }

    /** Sends a command and waits for its reply; what comes between is dropped. */
    private Reply reply(ConnectRequest.Builder command) throws Exception {
        send(command);
        while (true) {
            var reply = next(EventCase.REPLY).getReply();
            if (reply.getId() == command.getId()) {
                return reply;
            }
        }
    }

    private ConnectResponse next(EventCase wanted) throws Exception {
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

    private static String token(String user, String channel) throws JOSEException {
        var claims = new JWTClaimsSet.Builder()
                .subject(user)
                .expirationTime(java.util.Date.from(java.time.Instant.now().plusSeconds(600)))
                .claim("grants", List.of(Map.of("channels", channel, "can", List.of("publish", "subscribe"))))
                .build();
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        token.sign(new MACSigner(SECRET));
        return token.serialize();
    }
}
