package io.sluice.hub.transport;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Hub;
import io.sluice.hub.Outcome;
import io.sluice.hub.wire.ProtobufMessages;
import io.sluice.proto.v1.PublishRequest;
import io.sluice.proto.v1.PublishResponse;
import io.sluice.proto.v1.PublishResult;
import io.sluice.proto.v1.PublishStreamResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One PublishStream call: publishes in order, each for itself, and answers with one result per request when the client has
 * ended. At most {@link #IN_FLIGHT} are on their way to the log; more stay with the client. Confined to its loop.
 */
final class GrpcPublishStream implements StreamObserver<PublishRequest> {
    static final int MAX_ITEMS = 10_000;
    private static final int IN_FLIGHT = 64;

    private final Hub hub;
    private final GrpcCaller caller;
    private final ServerCallStreamObserver<PublishStreamResponse> call;
    private final List<@Nullable PublishResult> results = new ArrayList<>();
    private int missing;
    private long published;
    private boolean clientEnded;
    private boolean over;

    GrpcPublishStream(Hub hub, GrpcCaller caller, ServerCallStreamObserver<PublishStreamResponse> call) {
        this.hub = hub;
        this.caller = caller;
        this.call = call;
        call.disableAutoRequest();
        call.request(IN_FLIGHT);
    }

    @Override
    public void onNext(PublishRequest request) {
        if (over) {
            return;
        }
        int at = results.size();
        if (at == MAX_ITEMS) {
            over = true;
            caller.refuse(
                    call,
                    Problem.of(ClientError.TOO_LARGE, "one call publishes at most " + MAX_ITEMS + " messages")
                            .with("limit", MAX_ITEMS));
            return;
        }
        results.add(null);
        missing++;
        switch (GrpcRequests.channel(request.getChannel())) {
            case Outcome.Refused<ChannelName>(var problem) -> done(at, new Outcome.Refused<>(problem));
            case Outcome.Done<ChannelName>(var channel) -> publish(at, channel, request);
        }
    }

    private void publish(int at, ChannelName channel, PublishRequest request) {
        switch (GrpcRequests.draft(request, caller.identity())) {
            case Outcome.Refused<Draft>(var problem) -> done(at, new Outcome.Refused<>(problem));
            case Outcome.Done<Draft>(var draft) ->
                hub.publish(
                        caller.identity(),
                        channel,
                        draft,
                        (Appended appended) ->
                                caller.onLoop(() -> done(at, GrpcRequests.published(channel, appended))));
        }
    }

    private void done(int at, Outcome<PublishResponse> outcome) {
        var result = PublishResult.newBuilder();
        switch (outcome) {
            case Outcome.Done<PublishResponse>(var response) -> {
                published++;
                result.setPublished(response);
            }
            case Outcome.Refused<PublishResponse>(var problem) -> result.setProblem(ProtobufMessages.problem(problem));
        }
        results.set(at, result.build());
        missing--;
        if (!over) {
            call.request(1);
            answerIfComplete();
        }
    }

    @Override
    public void onCompleted() {
        clientEnded = true;
        answerIfComplete();
    }

    @Override
    public void onError(Throwable cancelled) {
        over = true;
    }

    private void answerIfComplete() {
        if (clientEnded && missing == 0 && !over) {
            over = true;
            var response =
                    PublishStreamResponse.newBuilder().setPublished(published).setRefused(results.size() - published);
            for (var result : results) {
                if (result != null) {
                    response.addResults(result);
                }
            }
            GrpcCaller.answer(call, response.build());
        }
    }
}
