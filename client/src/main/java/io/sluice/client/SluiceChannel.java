package io.sluice.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One channel of the server, by name: a view of its client, which costs nothing. Calls that ask the server block for an answer
 * and throw {@link SluiceException}.
 */
public final class SluiceChannel {
    private static final int MAX_LIMIT = 1_000;

    private final String name;
    private final SluiceClient client;
    private final String path;

    SluiceChannel(String name, SluiceClient client) {
        this.name = name;
        this.client = client;
        this.path = "/v1/channels/" + Endpoint.encoded(name);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Follows what is published from now on. The listener runs on a virtual thread of its own. */
    public Subscription subscribe(SubscriptionListener listener) {
        return subscribe("latest", listener);
    }

    /**
     * Follows from a place.
     *
     * @param after a position, {@code earliest} or {@code latest}
     */
    public Subscription subscribe(String after, SubscriptionListener listener) {
        return client.subscribe(name, after, listener);
    }

    /** Follows from a place; the caller asks for one event after the other with {@link Subscription#next()}. */
    public Subscription subscribe(String after) {
        return client.subscribe(name, after, null);
    }

    /** Publishes a JSON value, given as text. */
    public Published publish(String json) {
        return publish(Draft.json(json));
    }

    /**
     * Publishes, and sends it again while the server cannot be reached or asks to come back, for as long as the client is
     * patient ({@link SluiceClient.Builder#patience}). It is stored once however often it was sent.
     */
    public Published publish(Draft draft) {
        return client.publisher().patiently(Publisher.Target.channel(name), draft);
    }

    /**
     * Queues a message and returns at once: it is sent after those queued before it, as soon as the server can be reached,
     * however long that takes. Throws {@link ProblemCode#QUEUE_FULL} when {@link SluiceClient.Builder#queue} wait already.
     */
    public CompletableFuture<Published> publishLater(Draft draft) {
        return client.outbox().add(Publisher.Target.channel(name), draft);
    }

    /** Sends an ephemeral message to those subscribed now; {@code data} is JSON text. Sent once: it may be lost. */
    public void signal(String event, String data) {
        var body = "{\"event\":" + JsonScanner.quoted(event) + ",\"data\":" + data + "}";
        client.endpoint().send(Endpoint.Call.json("POST", path + "/signals", body));
    }

    /** The newest publications, at most {@code limit} (1 to 1,000), oldest first. */
    public HistoryPage newest(int limit) {
        return page("limit=" + checked(limit));
    }

    /** What follows a position, or {@code earliest}: at most {@code limit} (1 to 1,000), oldest first. */
    public HistoryPage after(String position, int limit) {
        return page("after=" + Endpoint.encoded(position) + "&limit=" + checked(limit));
    }

    /** What stands before a position: at most {@code limit} (1 to 1,000), oldest first. */
    public HistoryPage before(String position, int limit) {
        return page("before=" + Endpoint.encoded(position) + "&limit=" + checked(limit));
    }

    /** Who is in the channel now. */
    public List<Member> presence() {
        var answer = client.endpoint().sendPatiently(Endpoint.Call.get(path + "/presence"));
        return answer.json().objects("users").stream().map(Member::of).toList();
    }

    /** How far this client's user has read. */
    public ReadMarker readMarker() {
        return ReadMarker.of(client.endpoint()
                .sendPatiently(Endpoint.Call.get(path + "/read"))
                .json());
    }

    /** Moves the read marker of this client's user, forward only. */
    public ReadMarker markRead(String position) {
        var body = "{\"position\":" + JsonScanner.quoted(position) + "}";
        return ReadMarker.of(client.endpoint()
                .sendPatiently(Endpoint.Call.json("PUT", path + "/read", body))
                .json());
    }

    private HistoryPage page(String query) {
        return HistoryPage.of(client.endpoint()
                .sendPatiently(Endpoint.Call.get(path + "/messages?" + query))
                .json());
    }

    private static int checked(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be 1 to " + MAX_LIMIT + ", not " + limit);
        }
        return limit;
    }
}
