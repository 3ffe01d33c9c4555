package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.sluice.proto.v1.HubGrpc;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.testkit.EdgeServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same over HTTP/2, from grpc-java's client with messages that no generated code would make. */
final class GrpcNativeBadInputTest {
    private static final int TOO_LARGE = 8 << 20;

    private static EdgeServer server;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() {
        var compressors = CompressorRegistry.newEmptyInstance();
        compressors.register(new Codec.Gzip());
        compressors.register(new Shout());
        server = EdgeServer.inMemory();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .compressorRegistry(compressors)
                .decompressorRegistry(DecompressorRegistry.getDefaultInstance())
                .build();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.close();
    }

    @Test
    void bytesThatAreNoMessageEndTheCall() {
        assertThat(call("sluice.v1.Hub/Publish", new byte[] {-1, -1, -1}, "identity")
                        .getCode())
                .isEqualTo(Code.INTERNAL);
    }

    @Test
    void aMessageThatIsTooLargeIsRefused() {
        assertThat(call("sluice.v1.Hub/Publish", new byte[TOO_LARGE], "identity")
                        .getCode())
                .isEqualTo(Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void aMessageThatInflatesTooFarIsRefused() {
        assertThat(call("sluice.v1.Hub/Publish", new byte[TOO_LARGE], "gzip").getCode())
                .isEqualTo(Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void anEncodingThatWeDoNotHaveIsUnimplemented() {
        assertThat(call("sluice.v1.Hub/Publish", new byte[3], "shout").getCode())
                .isEqualTo(Code.UNIMPLEMENTED);
    }

    @Test
    void methodsAndServicesThatThereAreNotAreUnimplemented() {
        assertThat(call("sluice.v1.Hub/Nothing", new byte[3], "identity").getCode())
                .isEqualTo(Code.UNIMPLEMENTED);
        assertThat(call("no.such.Service/Nothing", new byte[3], "identity").getCode())
                .isEqualTo(Code.UNIMPLEMENTED);
    }

    @Test
    void theConnectionGoesOnAfterAllOfIt() {
        call("sluice.v1.Hub/Publish", new byte[] {-1}, "identity");
        call("sluice.v1.Hub/Publish", new byte[TOO_LARGE], "identity");

        var published = HubGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .publish(PublishRequest.newBuilder()
                        .setChannel("after")
                        .setJson("1")
                        .build());

        assertThat(published.getPosition()).endsWith(".1");
    }

    private static Status call(String method, byte[] message, String compression) {
        var descriptor = MethodDescriptor.<byte[], byte[]>newBuilder(new Bytes(), new Bytes())
                .setType(MethodType.UNARY)
                .setFullMethodName(method)
                .build();
        var options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
        var end = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                        channel,
                        descriptor,
                        compression.equals("identity") ? options : options.withCompression(compression),
                        message));
        return end.getStatus();
    }

    /** Messages as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    /** An encoding of this test's own. */
    private static final class Shout implements Codec {
        @Override
        public String getMessageEncoding() {
            return "shout";
        }

        @Override
        public InputStream decompress(InputStream compressed) {
            return compressed;
        }

        @Override
        public OutputStream compress(OutputStream plain) {
            return plain;
        }
    }
}
