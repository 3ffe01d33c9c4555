package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.sluice.testkit.EdgeServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What health probes and tools such as grpcurl ask. */
final class GrpcToolsTest {
    private EdgeServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        server = EdgeServer.inMemory();
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
    void reflectionListsTheServicesAndGivesTheirFiles() throws Exception {
        var call = ServerReflectionGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .serverReflectionInfo();

        var services = ask(call, ServerReflectionRequest.newBuilder().setListServices("*"));
        var hub = ask(call, ServerReflectionRequest.newBuilder().setFileContainingSymbol("sluice.v1.Hub"));
        var field =
                ask(call, ServerReflectionRequest.newBuilder().setFileContainingSymbol("sluice.v1.Subscribed.Channel"));
        var time = ask(call, ServerReflectionRequest.newBuilder().setFileByFilename("google/protobuf/timestamp.proto"));
        var nothing = ask(call, ServerReflectionRequest.newBuilder().setFileContainingSymbol("no.Such"));
        call.halfClose();

        assertThat(services.getListServicesResponse().getServiceList())
                .extracting(service -> service.getName())
                .contains("sluice.v1.Hub", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection");
        assertThat(names(hub)).containsExactly("sluice/v1/hub.proto", "google/protobuf/timestamp.proto");
        assertThat(names(field)).contains("sluice/v1/hub.proto");
        assertThat(names(time)).containsExactly("google/protobuf/timestamp.proto");
        assertThat(nothing.getErrorResponse().getErrorCode()).isEqualTo(Status.Code.NOT_FOUND.value());
        assertThat(call.read(30, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void olderToolsAskTheAlphaVersion() throws Exception {
        var alpha = ServerReflectionGrpc.getServerReflectionInfoMethod().toBuilder()
                .setFullMethodName(MethodDescriptor.generateFullMethodName(
                        "grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo"))
                .build();
        BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> call =
                ClientCalls.blockingBidiStreamingCall(
                        channel, alpha, io.grpc.CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS));

        var services = ask(call, ServerReflectionRequest.newBuilder().setListServices("*"));
        call.cancel("enough", null);

        assertThat(services.getListServicesResponse().getServiceCount()).isEqualTo(3);
    }

    @Test
    void healthIsServing() {
        var health = HealthGrpc.newBlockingStub(channel);
        var hub = HealthCheckRequest.newBuilder().setService("sluice.v1.Hub").build();

        var before = health.withDeadlineAfter(30, TimeUnit.SECONDS).check(hub).getStatus();
        var unknown = code(() -> health.withDeadlineAfter(30, TimeUnit.SECONDS)
                .check(HealthCheckRequest.newBuilder().setService("no.Such").build()));
        var watch = health.withDeadlineAfter(30, TimeUnit.SECONDS).watch(hub);

        assertThat(before).isEqualTo(ServingStatus.SERVING);
        assertThat(unknown).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void whoWatchesHealthHearsOfADrainAtOnce() throws Exception {
        var health = HealthGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
        var watch = health.watch(
                HealthCheckRequest.newBuilder().setService("sluice.v1.Hub").build());
        var all = health.watch(HealthCheckRequest.getDefaultInstance());
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
        assertThat(all.next().getStatus()).isEqualTo(ServingStatus.SERVING);

        var drain = Thread.ofVirtual().start(() -> server.drain(Duration.ofSeconds(2)));

        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(all.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        drain.join();
    }

    private static Status.Code code(Runnable call) {
        try {
            call.run();
            return Status.Code.OK;
        } catch (StatusRuntimeException refused) {
            return refused.getStatus().getCode();
        }
    }

    private static ServerReflectionResponse ask(
            BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> call,
            ServerReflectionRequest.Builder request)
            throws Exception {
        call.write(request.build(), 30, TimeUnit.SECONDS);
        var response = call.read(30, TimeUnit.SECONDS);
        if (response == null) {
            throw new AssertionError("the call ended");
        }
        return response;
    }

    private static List<String> names(ServerReflectionResponse response) throws Exception {
        var names = new ArrayList<String>();
        for (ByteString file : response.getFileDescriptorResponse().getFileDescriptorProtoList()) {
            names.add(FileDescriptorProto.parseFrom(file).getName());
        }
        return names;
    }
}
