package io.sluice.hub.transport;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.sluice.grpc.EncodedMessages;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Hub;
import io.sluice.hub.Outcome;
import io.sluice.hub.Page;
import io.sluice.hub.ReadRequest;
import io.sluice.hub.Start;
import io.sluice.hub.wire.ProtobufMessages;
import io.sluice.proto.v1.HistoryRequest;
import io.sluice.proto.v1.HistoryResponse;
import io.sluice.proto.v1.HubGrpc;
import io.sluice.proto.v1.PresenceRequest;
import io.sluice.proto.v1.PresenceResponse;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.PublishResponse;
import io.sluice.proto.v1.SubscribeRequest;
import io.sluice.proto.v1.SubscribeResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The service {@code sluice.v1.Hub}. Its methods begin on the loop of their call. */
final class GrpcHub {
    private final Transports.Context context;
    private final Hub hub;

    GrpcHub(Transports.Context context) {
        this.context = context;
        this.hub = context.hub();
    }

    /** The service; what it streams is encoded already, since many calls share it. */
    ServerServiceDefinition service() {
        var subscribe = encoded(HubGrpc.getSubscribeMethod());
        var connect = encoded(HubGrpc.getConnectMethod());
        var descriptor = ServiceDescriptor.newBuilder(HubGrpc.SERVICE_NAME)
                .setSchemaDescriptor(HubGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(HubGrpc.getPublishMethod())
                .addMethod(HubGrpc.getPublishStreamMethod())
                .addMethod(subscribe)
                .addMethod(connect)
                .addMethod(HubGrpc.getHistoryMethod())
                .addMethod(HubGrpc.getPresenceMethod())
                .build();
        return ServerServiceDefinition.builder(descriptor)
                .addMethod(HubGrpc.getPublishMethod(), ServerCalls.asyncUnaryCall(this::publish))
                .addMethod(
                        HubGrpc.getPublishStreamMethod(),
                        ServerCalls.asyncClientStreamingCall(
                                call -> new GrpcPublishStream(hub, GrpcCaller.current(), GrpcCaller.streaming(call))))
                .addMethod(subscribe, ServerCalls.asyncServerStreamingCall(this::subscribe))
                .addMethod(
                        connect,
                        ServerCalls.asyncBidiStreamingCall(
                                call -> new GrpcConnect(context, GrpcCaller.current(), GrpcCaller.streaming(call))))
                .addMethod(HubGrpc.getHistoryMethod(), ServerCalls.asyncUnaryCall(this::history))
                .addMethod(HubGrpc.getPresenceMethod(), ServerCalls.asyncUnaryCall(this::presence))
                .build();
    }

    private static <Q> MethodDescriptor<Q, EncodedMessages> encoded(MethodDescriptor<Q, ?> method) {
        return method.toBuilder(method.getRequestMarshaller(), EncodedMessages.MARSHALLER)
                .build();
    }

    private void publish(PublishRequest request, StreamObserver<PublishResponse> call) {
        var caller = GrpcCaller.current();
        withChannel(caller, call, GrpcRequests.channel(request.getChannel()), channel -> {
            switch (GrpcRequests.draft(request, caller.identity())) {
                case Outcome.Refused<Draft>(var problem) -> caller.refuse(call, problem);
                case Outcome.Done<Draft>(var draft) ->
                    hub.publish(
                            caller.identity(),
                            channel,
                            draft,
                            appended -> caller.onLoop(
                                    () -> answer(caller, call, GrpcRequests.published(channel, appended))));
            }
        });
    }

    private void history(HistoryRequest request, StreamObserver<HistoryResponse> call) {
        var caller = GrpcCaller.current();
        withChannel(caller, call, GrpcRequests.channel(request.getChannel()), channel -> {
            switch (GrpcRequests.history(request, channel)) {
                case Outcome.Refused<ReadRequest>(var problem) -> caller.refuse(call, problem);
                case Outcome.Done<ReadRequest>(var read) ->
                    hub.read(caller.identity(), channel, read, caller.loop(), outcome -> {
                        switch (outcome) {
                            case Outcome.Refused<Page>(var problem) -> caller.refuse(call, problem);
                            case Outcome.Done<Page>(var page) ->
                                GrpcCaller.answer(call, ProtobufMessages.history(page));
                        }
                    });
            }
        });
    }

    private void presence(PresenceRequest request, StreamObserver<PresenceResponse> call) {
        var caller = GrpcCaller.current();
        withChannel(
                caller,
                call,
                GrpcRequests.channel(request.getChannel()),
                channel -> hub.presence(caller.identity(), channel, caller.loop(), outcome -> {
                    switch (outcome) {
                        case Outcome.Refused<List<Hub.Member>>(var problem) -> caller.refuse(call, problem);
                        case Outcome.Done<List<Hub.Member>>(var members) ->
                            GrpcCaller.answer(call, ProtobufMessages.presence(members));
                    }
                }));
    }

    private void subscribe(SubscribeRequest request, StreamObserver<EncodedMessages> call) {
        var caller = GrpcCaller.current();
        switch (GrpcRequests.starts(request)) {
            case Outcome.Refused<Map<ChannelName, Start>>(var problem) -> caller.refuse(call, problem);
            case Outcome.Done<Map<ChannelName, Start>>(var starts) -> {
                var inbox = new GrpcInbox(context, caller, GrpcCaller.streaming(call), false);
                GrpcSubscribing.all(
                        hub,
                        inbox.session(),
                        starts,
                        inbox::end,
                        subscribed -> inbox.start(SubscribeResponse.newBuilder()
                                .setSubscribed(subscribed)
                                .build()));
            }
        }
    }

    private static <T> void withChannel(
            GrpcCaller caller, StreamObserver<T> call, Outcome<ChannelName> parsed, Consumer<ChannelName> then) {
        switch (parsed) {
            case Outcome.Refused<ChannelName>(var problem) -> caller.refuse(call, problem);
            case Outcome.Done<ChannelName>(var channel) -> then.accept(channel);
        }
    }

    private static <T> void answer(GrpcCaller caller, StreamObserver<T> call, Outcome<T> outcome) {
        switch (outcome) {
            case Outcome.Refused<T>(var problem) -> caller.refuse(call, problem);
            case Outcome.Done<T>(var response) -> GrpcCaller.answer(call, response);
        }
    }
}
