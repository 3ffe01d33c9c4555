package io.sluice.client;

import io.sluice.client.LinkInbox.Item;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** A response that does not end, piece by piece into the inbox. The next piece is asked for when the link has taken one. */
final class ResponseStream implements BodySubscriber<ResponseStream> {
    private final LinkInbox inbox;
    private final CompletableFuture<Flow.Subscription> source = new CompletableFuture<>();
    private volatile boolean closed;

    ResponseStream(LinkInbox inbox) {
        this.inbox = inbox;
    }

    void request() {
        source.thenAccept(each -> each.request(1));
    }

    /** Frees the connection; nothing is put into the inbox afterwards. */
    void close() {
        closed = true;
        source.thenAccept(Flow.Subscription::cancel);
    }

    @Override
    public CompletionStage<ResponseStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        source.complete(subscription);
        if (closed) {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        put(new Item.Bytes(this, bytes));
    }

    @Override
    public void onError(Throwable failure) {
        put(new Item.Ended(this, Problems.of(failure)));
    }

    @Override
    public void onComplete() {
        put(new Item.Ended(this, new SluiceException(ProblemCode.CONNECTION_LOST, "the stream ended")));
    }

    private void put(Item item) {
        if (!closed) {
            inbox.put(item);
        }
    }
}
