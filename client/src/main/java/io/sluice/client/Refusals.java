package io.sluice.client;

import java.util.List;

/** What to do about a refused read: over one channel it is that channel's, over several it may be of only one of them. */
final class Refusals {
    private Refusals() {}

    /** Asks for one channel alone, and ends its subscription where that is refused too. */
    interface Single {
        void ask(Subscription subscription) throws LinkBroken, InterruptedException;
    }

    static void handle(
            LinkContext context,
            List<Subscription> wanted,
            int status,
            boolean ours,
            SluiceException reason,
            Single single)
            throws LinkBroken, InterruptedException {
        var broken = LinkBroken.answered(status, ours, reason);
        if (broken.blame() != LinkBroken.Blame.CLIENT || !isAboutChannels(reason.code())) {
            throw broken;
        }
        if (wanted.size() == 1) {
            wanted.getFirst().fail(reason);
            return;
        }
        int before = context.subscriptions().all().size();
        for (var each : wanted) {
            single.ask(each);
        }
        if (context.subscriptions().all().size() >= before) {
            throw broken;
        }
    }

    private static boolean isAboutChannels(ProblemCode code) {
        return switch (code) {
            case FORBIDDEN, BAD_CHANNEL, BAD_CURSOR, NOT_FOUND, TOO_LARGE -> true;
            default -> false;
        };
    }
}
