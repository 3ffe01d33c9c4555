package io.sluice.bench;

import io.sluice.attack.Attack;
import io.sluice.attack.Attacks;
import io.sluice.attack.CallerAttacks;
import java.util.ArrayList;
import java.util.stream.Stream;

/** A process that attacks, or only burns as much CPU as an attack would: {@code Attacker PORT SECONDS THREADS NAME}. */
final class Attacker {
    /** The name of the attack that talks to nobody. */
    static final String BURN = "burn";

    private Attacker() {}

    static Stream<Attack> all() {
        return Stream.concat(Attacks.ON_ANY_SERVER.stream(), CallerAttacks.ALL.stream());
    }

    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        long until = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000_000L;
        int threads = Integer.parseInt(arguments[2]);
        var strike = strike(arguments[3], port);
        var attacking = new ArrayList<Thread>();
        for (int i = 0; i < threads; i++) {
            attacking.add(Thread.ofPlatform().daemon().start(() -> {
                while (System.nanoTime() < until) {
                    strike.run();
                }
            }));
        }
        for (var thread : attacking) {
            thread.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
        }
        System.exit(0); // some attacks are waiting for an answer
    }

    private static Runnable strike(String name, int port) {
        if (name.equals(BURN)) {
            return Thread::onSpinWait;
        }
        var attack = all().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
        return () -> attack.once(port);
    }
}
