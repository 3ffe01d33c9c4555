package io.sluice.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What to use for a case, by the decision tree of docs/guide/transports.md, and the command to try it with. */
enum Advice {
    WEBSOCKET(
            "WebSocket",
            "one connection carries both directions: commands and messages, and subscriptions that change; each side notices soon when the"
                    + " other is gone",
            "proxies that do not know Upgrade, or cut what is quiet for a minute",
            "server-sent events to listen, with plain POSTs to talk",
            "sluice tail chat:general --transport ws"),
    SSE(
            "server-sent events",
            "plain HTTP that does not end: browsers reconnect and resume by themselves, and publishing is one POST",
            "proxies that buffer answers; over HTTP/1.1 a browser opens six connections to a host, all tabs together",
            "long poll",
            "sluice tail news --transport sse"),
    LONG_POLL(
            "long poll",
            "every answer is a complete HTTP response, so it passes what passes HTTP, and a message is not later than on a stream",
            "nothing but its price: a request for each message; no signals, no presence",
            "short poll",
            "sluice tail news --transport longpoll"),
    SHORT_POLL(
            "short poll",
            "it costs the server nothing between two reads, and an unchanged channel is a 304",
            "a need for messages sooner than the pause between two reads",
            "long poll",
            "sluice tail news --transport poll"),
    GRPC(
            "gRPC",
            "typed messages from a .proto, deadlines and flow control from the library, many calls on one connection",
            "HTTP/1.1-only proxies and browsers",
            "gRPC-Web for pages; WebSocket for the same commands elsewhere",
            "sluice tail orders --transport grpc");

    /** An answer to a question. */
    interface Choice {
        /** For the person who is asked. */
        String meaning();
    }

    /** Who receives. */
    enum Client implements Choice {
        PAGE("a page in a browser"),
        APP("an app on a phone, in the foreground"),
        SERVICE("a service of your own"),
        SCRIPT("a script, a cron job, a phone in the background");

        private final String meaning;

        Client(String meaning) {
            this.meaning = meaning;
        }

        @Override
        public String meaning() {
            return meaning;
        }
    }

    /** In which direction messages go. */
    enum Talk implements Choice {
        LISTEN("it mostly listens"),
        BOTH("it sends about as much as it gets");

        private final String meaning;

        Talk(String meaning) {
            this.meaning = meaning;
        }

        @Override
        public String meaning() {
            return meaning;
        }
    }

    /** How late a message may be. */
    enum Delay implements Choice {
        NOW("at once"),
        SECONDS("some seconds"),
        MINUTES("minutes");

        private final String meaning;

        Delay(String meaning) {
            this.meaning = meaning;
        }

        @Override
        public String meaning() {
            return meaning;
        }
    }

    /** What stands between. */
    enum Network implements Choice {
        OPEN("nothing unusual"),
        HOSTILE("company proxies that buffer or cut streams");

        private final String meaning;

        Network(String meaning) {
            this.meaning = meaning;
        }

        @Override
        public String meaning() {
            return meaning;
        }
    }

    private final String label;
    private final String why;
    private final String breaks;
    private final String next;
    private final String example;

    Advice(String label, String why, String breaks, String next, String example) {
        this.label = label;
        this.why = why;
        this.breaks = breaks;
        this.next = next;
        this.example = example;
    }

    static Advice of(Client client, Talk talk, Delay delay, Network network) {
        if (delay == Delay.MINUTES || (client == Client.SCRIPT && delay == Delay.SECONDS)) {
            return SHORT_POLL;
        }
        if (network == Network.HOSTILE || client == Client.SCRIPT) {
            return LONG_POLL;
        }
        if (client == Client.SERVICE) {
            return GRPC;
        }
        return talk == Talk.BOTH || client == Client.APP ? WEBSOCKET : SSE;
    }

    String text() {
        return "Take %s.%n%nWhy          %s%nIt breaks on %s%nThen take    %s%nTry it       %s%n"
                .formatted(label, why, breaks, next, example);
    }

    Map<String, String> members() {
        var members = new LinkedHashMap<String, String>();
        members.put("transport", label);
        members.put("why", why);
        members.put("breaks_on", breaks);
        members.put("then", next);
        members.put("try", example);
        return members;
    }
}
