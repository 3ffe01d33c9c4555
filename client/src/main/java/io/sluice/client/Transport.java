package io.sluice.client;

import java.util.function.Function;

/** Every way to receive, best first: the order in which a client tries them. */
public enum Transport {
    /** One connection for everything; changes of subscriptions travel on it too. */
    WEBSOCKET("websocket", WebSocketLink::new),
    /** Server-sent events: one response that does not end. */
    SSE("sse", EventStreamLink::new),
    /** A request that the server answers as soon as there is something, at most 25 s later. */
    LONG_POLL("longpoll", context -> new PollLink(context, true)),
    /** A request every {@link SluiceClient.Builder#pollInterval}. Passes everything that passes HTTP. */
    SHORT_POLL("poll", context -> new PollLink(context, false));

    private final String label;
    private final Function<LinkContext, Link> maker;

    Transport(String label, Function<LinkContext, Link> maker) {
        this.label = label;
        this.maker = maker;
    }

    /** As logs and command lines call it. */
    public String label() {
        return label;
    }

    Link link(LinkContext context) {
        return maker.apply(context);
    }
}
