package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.health.v1.HealthProto;
import io.sluice.proto.v1.HubProto;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.NodePeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others wrote, unmodified, in Node: their packages are installed by npm below target. */
final class GrpcPeersTest {
    @TempDir
    private static Path folder;

    private static NodePeer node;
    private static Path descriptors;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        node = NodePeer.with(
                "@grpc/grpc-js@1.14.7",
                "@grpc/proto-loader@0.8.1",
                "@connectrpc/connect@2.1.2",
                "@connectrpc/connect-web@2.1.2",
                "@connectrpc/connect-node@2.1.2",
                "@bufbuild/protobuf@2.17.0");
        var files = FileDescriptorSet.newBuilder();
        for (FileDescriptor imported : HubProto.getDescriptor().getDependencies()) {
            files.addFile(imported.toProto());
        }
        files.addFile(HubProto.getDescriptor().toProto());
        files.addFile(HealthProto.getDescriptor().toProto());
        descriptors = Files.write(folder.resolve("hub.binpb"), files.build().toByteArray());
    }

    @Test
    void grpcJsPublishesFollowsAndChecksHealth() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            var lines = node.run("grpc-js.mjs", "127.0.0.1:" + server.port(), descriptors.toString());

            assertThat(lines)
                    .containsExactlyInAnyOrder(
                            "{\"subscribed\":[\"peers:js\"]}",
                            "{\"published\":true}",
                            "{\"message\":\"from js\"}",
                            "{\"ended\":true}",
                            "{\"refused\":true,\"details\":1}",
                            "{\"health\":1}",
                            "{\"pong\":7}");
        }
    }

    @Test
    void connectSpeaksGrpcWebOverHttp1AndHttp2AndGrpc() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            var lines = node.run("connect-web.mjs", "127.0.0.1:" + server.port(), descriptors.toString());

            for (var name : new String[] {"web", "node-1.1", "node-2", "native"}) {
                assertThat(lines)
                        .contains(
                                "{\"name\":\"" + name + "\",\"published\":true}",
                                "{\"name\":\"" + name + "\",\"message\":\"hello\"}",
                                "{\"name\":\"" + name + "\",\"ended\":true}",
                                "{\"name\":\"" + name + "\",\"refused\":true}");
            }
        }
    }
}
