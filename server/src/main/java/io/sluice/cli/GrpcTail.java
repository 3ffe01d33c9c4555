package io.sluice.cli;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.sluice.proto.v1.ChannelStart;
import io.sluice.proto.v1.HubGrpc;
import io.sluice.proto.v1.Publication;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.proto.v1.SubscribeResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows over gRPC, which the Java client does not speak; keeps one position per channel, and goes on there when the stream
 * breaks.
 */
final class GrpcTail {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final long PING_SECONDS = 30;

    private final HubOptions hub;
    private final Map<String, String> environment;
    private final List<String> channels;
    private final @Nullable String after;
    private final Map<String, String> positions = new HashMap<>();
    private final Backoff backoff = new Backoff();

    GrpcTail(HubOptions hub, Map<String, String> environment, List<String> channels, @Nullable String after) {
        this.hub = hub;
        this.environment = environment;
        this.channels = channels;
        this.after = after;
    }

    /** Follows until {@code printer} wants no more; {@code waits} is told of each break and the wait after it. */
    void follow(TailPrinter printer, BiConsumer<String, Duration> waits) throws InterruptedException {
        while (!printer.isFull()) {
            var broken = once(printer);
            if (broken != null) {
                var wait = backoff.next(null);
                waits.accept(broken, wait);
                Thread.sleep(wait);
            }
        }
    }

    /** One stream; returns why it ended, null when enough has come. */
    private @Nullable String once(TailPrinter sink) {
        var connection = connect();
        var call = Context.ROOT.withCancellation();
        try {
            var responses = subscribe(connection, call);
            while (!sink.isFull() && responses.hasNext()) {
                take(responses.next(), sink);
            }
        } catch (StatusRuntimeException ended) {
            return broken(ended);
        } finally {
            call.cancel(null);
            connection.shutdownNow();
        }
        return sink.isFull() ? null : "the stream ended";
    }

    private ManagedChannel connect() {
        var at = hub.at(environment);
        boolean tls = "https".equals(at.getScheme());
        int port = at.getPort() >= 0 ? at.getPort() : tls ? 443 : 80;
        var builder = NettyChannelBuilder.forAddress(at.getHost(), port).keepAliveTime(PING_SECONDS, TimeUnit.SECONDS);
        if (!tls) {
            return builder.usePlaintext().build();
        }
        var trusted = hub.trusted();
        if (trusted != null) {
            try {
                builder.sslContext(GrpcSslContexts.forClient()
                        .trustManager(trusted.toFile())
                        .build());
            } catch (SSLException | IllegalArgumentException unusable) {
                throw new CommandFailed("cannot trust " + trusted + ": " + unusable.getMessage());
            }
        }
        return builder.build();
    }

    private Iterator<SubscribeResponse> subscribe(ManagedChannel connection, Context call) {
        var request = SubscribeRequest.newBuilder();
        if (after != null && positions.isEmpty()) {
            request.setAfter(after);
        }
        for (var channel : channels) {
            request.addChannels(
                    ChannelStart.newBuilder().setChannel(channel).setAfter(positions.getOrDefault(channel, "")));
        }
        var stub = HubGrpc.newBlockingStub(connection);
        var token = hub.token(environment);
        if (token != null) {
            var metadata = new Metadata();
            metadata.put(AUTHORIZATION, "Bearer " + token);
            stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        }
        var called = stub;
        Callable<Iterator<SubscribeResponse>> begin = () -> called.subscribe(request.build());
        try {
            return call.call(begin);
        } catch (RuntimeException refused) {
            throw refused;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void take(SubscribeResponse response, TailPrinter sink) {
        switch (response.getEventCase()) {
            case SUBSCRIBED -> {
                // A reconnect before the first message loses nothing.
                response.getSubscribed()
                        .getChannelsList()
                        .forEach(begun -> positions.put(begun.getChannel(), begun.getPosition()));
                backoff.reset();
            }
            case MESSAGE -> {
                var message = response.getMessage();
                var json = json(message);
                sink.message(
                        message.getChannel(),
                        message.getPosition(),
                        message.getEvent(),
                        message.getFrom(),
                        json.has("data") ? json.get("data") : json.path("data_base64"),
                        json.toString());
                positions.put(message.getChannel(), message.getPosition());
            }
            case GAP -> {
                var gap = response.getGap();
                sink.gap(gap.getChannel(), gap.getFrom(), gap.getTo());
                positions.put(gap.getChannel(), gap.getTo());
            }
            default -> {} // presence, signals and the drain that ends the stream: not what a tail prints
        }
    }

    /** The publication as it is in JSON. */
    private static ObjectNode json(Publication message) {
        var json = Json.MAPPER.createObjectNode();
        var time = Instant.ofEpochSecond(
                message.getTime().getSeconds(), message.getTime().getNanos());
        json.put("channel", message.getChannel());
        json.put("position", message.getPosition());
        json.put("time", time.toString());
        json.put("event", message.getEvent());
        if (!message.getFrom().isEmpty()) {
            json.put("from", message.getFrom());
        }
        if (message.getHeadersCount() > 0) {
            var headers = json.putObject("headers");
            message.getHeadersMap().forEach(headers::put);
        }
        switch (message.getDataCase()) {
            case JSON -> json.set("data", Json.read(message.getJson()));
            case TEXT -> json.put("data", message.getText());
            case BINARY -> {
                json.put(
                        "data_base64",
                        Base64.getEncoder().encodeToString(message.getBinary().toByteArray()));
                json.put("content_type", message.getContentType());
            }
            case DATA_NOT_SET -> json.putNull("data");
        }
        return json;
    }

    /** Why the stream ended, where it may go on; what is final fails the command. */
    private String broken(StatusRuntimeException ended) {
        var status = ended.getStatus();
        var said = status.getDescription();
        var reason = "the server answered " + status.getCode() + (said == null ? "" : ": " + said);
        return switch (status.getCode()) {
            case UNAVAILABLE, RESOURCE_EXHAUSTED, INTERNAL, UNKNOWN, CANCELLED, ABORTED, DEADLINE_EXCEEDED -> reason;
            default -> throw new CommandFailed(reason);
        };
    }
}
