package io.sluice.simulation;

import java.util.List;

/** Every mistake that the simulator must find; docs/decisions/simulator.md tells where they come from. */
final class PlantedBugs {
    static final List<PlantedBug> ALL = List.of(
            new PlantedBug(
                    "a cursor lies behind a gap that was not told",
                    "hub/Subscription.java",
                    "if (untold != null) {\n            var from",
                    "if (untold == null && next < 0) {\n            var from"),
            new PlantedBug(
                    "a log is opened from a write that failed",
                    "hub/log/DiskWriter.java",
                    "held = turn.hold();",
                    "held = List.of();"),
            new PlantedBug(
                    "what was evicted is skipped without a word",
                    "hub/Subscription.java",
                    "skipTo(oldest);",
                    "next = oldest;"),
            new PlantedBug(
                    "readers and publishers are told before the write",
                    "hub/log/DiskWriter.java",
                    "            if (turn.write()) {",
                    "            turn.show();\n            if (turn.write()) {"),
            new PlantedBug(
                    "nothing is synced",
                    "hub/log/Turn.java",
                    "store.write(batch, sync);",
                    "store.write(batch, false);"),
            new PlantedBug(
                    "a power cut is taken for a kill",
                    "hub/log/Incarnation.java",
                    "boolean doubtful = !last.clean && !sameBoot;",
                    "boolean doubtful = false;"),
            new PlantedBug(
                    "two of one key in one turn are both appended",
                    "hub/log/Turn.java",
                    "if (inTurn != null) {",
                    "if (inTurn == null && keys.containsKey(null)) {"),
            new PlantedBug(
                    "a key is remembered for ever",
                    "hub/log/Turn.java",
                    "return use.expiresMillis() > now.toEpochMilli() ? use : null;",
                    "return use;"),
            new PlantedBug(
                    "a session that ends still counts",
                    "hub/Presence.java",
                    "--stay.sessions > 0",
                    "stay.sessions > 0"),
            new PlantedBug(
                    "what waited for an answer is not sent after it",
                    "hub/Session.java",
                    "subscription.hold(false));\n            resume();",
                    "subscription.hold(false));"),
            new PlantedBug(
                    "a lost log is no gap",
                    "hub/Start.java",
                    "new Begun(oldest, new Gap(log.name(), from, new Position(log.epoch(), oldest - 1)))",
                    "new Begun(oldest, null)"),
            new PlantedBug(
                    "readers at other cursors get the same bytes",
                    "hub/LoopReaders.java",
                    "share.bytes != null && share.first == first &&",
                    "share.bytes != null &&"),
            new PlantedBug(
                    "several events leave under one cursor",
                    "hub/transport/SseInbox.java",
                    "return channels.size() > 1;\n    }\n\n    @Override\n    public boolean writable",
                    "return false;\n    }\n\n    @Override\n    public boolean writable"),
            new PlantedBug(
                    "an encoding is not given back",
                    "hub/LoopReaders.java",
                    "                bytes.release();\n                bytes = null;",
                    "                bytes = null;"),
            new PlantedBug(
                    "who unsubscribes goes on getting publications",
                    "hub/Session.java",
                    "        subscription.close();\n        return true;",
                    "        return true;"),
            new PlantedBug(
                    "who unsubscribes stays present",
                    "hub/Session.java",
                    "        if (present) {\n            hub.attendance().exit(subscription.channel(), identity);",
                    "        if (!present) {\n            hub.attendance().exit(subscription.channel(), identity);"),
            new PlantedBug(
                    "a new subscription waits for somebody to publish",
                    "hub/Hub.java",
                    "                        done.subscription().resume();\n",
                    "                        done.subscription().position();\n"),
            new PlantedBug(
                    "what depends on the newest looks at what is shown, not at what is decided",
                    "hub/log/Turn.java",
                    "!stage.newest().equals(draft.ifNewest())",
                    "!new Position(log.epoch(), log.newest()).equals(draft.ifNewest())"),
            new PlantedBug(
                    "a webhook goes on though it could not store where it stands",
                    "hub/transport/WebhookStanding.java",
                    "tryAgain(() -> to(next, changes, there, heldUp));",
                    "state = next;\n                there.run();"),
            new PlantedBug(
                    "a delivery that failed is not made again",
                    "hub/transport/Webhook.java",
                    "reader.goBack(channel);",
                    "reader.lag();"),
            new PlantedBug(
                    "a webhook that begins does not store where",
                    "hub/transport/Webhook.java",
                    "store(state().beginning(cursor), List.of());",
                    "proceed();"),
            new PlantedBug(
                    "a read marker moves back",
                    "hub/ReadMarkers.java",
                    "from.epoch() == to.epoch() && from.offset() > to.offset() ? stored : offered;",
                    "from.equals(to) ? stored : offered;"),
            new PlantedBug(
                    "a marker that was not stored is acknowledged",
                    "hub/ReadMarkers.java",
                    "                    if (done) {",
                    "                    if (done || channel.log().newest() >= 0) {"),
            new PlantedBug(
                    "what cannot be decided is answered twice",
                    "hub/log/Turn.java",
                    "    void update(Work.Update update) {\n",
                    "    void update(Work.Update update) {\n        updates.add(update);\n"));

    private PlantedBugs() {}
}
