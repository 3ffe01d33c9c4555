package io.sluice.bench;

import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sluice.proto.v1.ConnectRequest;
import io.sluice.proto.v1.ConnectResponse;
import io.sluice.proto.v1.HubGrpc;
import io.sluice.proto.v1.Publication;
import io.sluice.proto.v1.Reply;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.proto.v1.SubscribeResponse;
import io.sluice.proto.v1.Subscribed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The same fan-out written as one writes it with grpc-java: keep the observers, call {@code onNext} on each. One channel, nothing
 * stored. It is as fast as that gets: no executor between, no log, no checks.
 */
final class PlainGrpc extends HubGrpc.HubImplBase {
    private final List<StreamObserver<SubscribeResponse>> subscribers = new CopyOnWriteArrayList<>();
    private long offset;

    private PlainGrpc() {}

    /** @param arguments the port */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])))
                .directExecutor()
                .addService(new PlainGrpc())
                .build()
                .start()
                .awaitTermination();
    }

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<SubscribeResponse> call) {
        ((ServerCallStreamObserver<SubscribeResponse>) call).setOnCancelHandler(() -> subscribers.remove(call));
        call.onNext(SubscribeResponse.newBuilder()
                .setSubscribed(Subscribed.getDefaultInstance())
                .build());
        subscribers.add(call);
    }

    @Override
    public StreamObserver<ConnectRequest> connect(StreamObserver<ConnectResponse> call) {
        call.onNext(ConnectResponse.newBuilder()
                .setReply(Reply.getDefaultInstance())
                .build());
        return new StreamObserver<>() {
            @Override
            public void onNext(ConnectRequest command) {
                publish(command);
                call.onNext(ConnectResponse.newBuilder()
                        .setReply(Reply.newBuilder().setId(command.getId()))
                        .build());
            }

            @Override
            public void onError(Throwable gone) {
                // The load tool has ended.
            }

            @Override
            public void onCompleted() {
                call.onCompleted();
            }
        };
    }

    private synchronized void publish(ConnectRequest command) {
        var published = command.getPublish();
        var message = SubscribeResponse.newBuilder()
                .setMessage(Publication.newBuilder()
                        .setChannel(published.getChannel())
                        .setPosition("15hinwrdszs8y." + ++offset)
                        .setEvent("message")
                        .setJson(published.getJson())
                        .setContentType("application/json"))
                .build();
        for (var subscriber : subscribers) {
            subscriber.onNext(message);
        }
    }
}
