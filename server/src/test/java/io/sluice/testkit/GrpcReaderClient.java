package io.sluice.testkit;

import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.HubGrpc;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.proto.v1.SubscribeResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Reads over gRPC with grpc-java's client; its cursor over several channels is their positions, separated by commas. */
final class GrpcReaderClient implements TestClient {
    private static final long PATIENCE_SECONDS = 60;

    private final ManagedChannel connection;
    private final Context.CancellableContext call = Context.ROOT.withCancellation();
    private final Iterator<SubscribeResponse> responses;
    private final Map<String, String> positions = new LinkedHashMap<>();
    private final String startCursor;

    GrpcReaderClient(ServerAddress server, String after, String... channels) {
        connection = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .directExecutor()
                .build();
        var request = SubscribeRequest.newBuilder().setAfter(after);
        for (var channel : channels) {
            request.addChannels(ChannelStart.newBuilder().setChannel(channel));
        }
        try {
            responses = Objects.requireNonNull(call.call(() -> HubGrpc.newBlockingStub(connection)
                    .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(shown(server)))
                    .subscribe(request.build())));
            for (var channel : responses.next().getSubscribed().getChannelsList()) {
                positions.put(channel.getChannel(), channel.getPosition());
            }
        } catch (StatusRuntimeException refused) {
            close();
            throw new ReaderRefused(code(refused), retryAfter(refused));
        } catch (Exception broken) {
            close();
            throw new IllegalStateException(broken);
        }
        startCursor = cursor();
    }

    @Override
    public Received next() {
        while (true) {
            var response = next(responses);
            switch (response.getEventCase()) {
                case MESSAGE -> {
                    var message = response.getMessage();
                    positions.put(message.getChannel(), message.getPosition());
                    return new Received.Message(
                            message.getChannel(), message.getPosition(), message.getJson(), cursor());
                }
                case GAP -> {
                    var gap = response.getGap();
                    positions.put(gap.getChannel(), gap.getTo());
                    return new Received.Missing(gap.getChannel(), gap.getFrom(), gap.getTo(), cursor());
                }
                default -> {
                    // Presence and signals have no place in the order.
                }
            }
        }
    }

    @Override
    public String startCursor() {
        return startCursor;
    }

    @Override
    public void close() {
        call.cancel(null);
        connection.shutdownNow();
    }

    private static SubscribeResponse next(Iterator<SubscribeResponse> responses) {
        try {
            return responses.next();
        } catch (StatusRuntimeException ended) {
            throw new ReaderEnded(code(ended), String.valueOf(ended.getMessage()));
        }
    }

    private static Metadata shown(ServerAddress server) {
        var metadata = new Metadata();
        if (!server.token().isEmpty()) {
            metadata.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + server.token());
        }
        return metadata;
    }

    private String cursor() {
        return String.join(",", positions.values());
    }

    private static Duration retryAfter(StatusRuntimeException refused) {
        try {
            for (var detail :
                    Objects.requireNonNull(StatusProto.fromThrowable(refused)).getDetailsList()) {
                if (detail.is(RetryInfo.class)) {
                    var delay = detail.unpack(RetryInfo.class).getRetryDelay();
                    return Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
                }
            }
            return Duration.ZERO;
        } catch (com.google.protobuf.InvalidProtocolBufferException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The problem's code, from the details of a status. */
    private static String code(StatusRuntimeException refused) {
        try {
            var details = Objects.requireNonNull(StatusProto.fromThrowable(refused));
            var type = details.getDetails(0).unpack(ErrorInfo.class).getMetadataOrThrow("type");
            return type.replace("urn:sluice:problem:", "");
        } catch (com.google.protobuf.InvalidProtocolBufferException | RuntimeException noDetails) {
            return refused.getStatus().toString();
        }
    }
}
