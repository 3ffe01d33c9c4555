package io.sluice.hub;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Looks after many things that each want a look now and then: all of them at each {@link #visit} while they are few, a tenth
 * of them once they are many. What is visited once a second is thus looked at every ten seconds at the latest, and a server
 * with very many open channels that rest has next to nothing to do. For one thread at a time.
 */
public final class Round<T> {
    private static final int FEW = 1_024;
    private static final int VISITS = 10;

    private final Collection<T> all;
    private Iterator<T> rest = Collections.emptyIterator();

    /** @param all may change while it is gone through, as the collections of a concurrent map do */
    public Round(Collection<T> all) {
        this.all = all;
    }

    /** Shows {@code look} those whose turn it is. */
    public void visit(Consumer<T> look) {
        if (!rest.hasNext()) {
            rest = all.iterator();
        }
        for (int left = share(all.size()); left > 0 && rest.hasNext(); left--) {
            look.accept(rest.next());
        }
    }

    /** How many of {@code many} things one visit is for. */
    public static int share(int many) {
        return Math.max(FEW, many / VISITS + 1);
    }
}
