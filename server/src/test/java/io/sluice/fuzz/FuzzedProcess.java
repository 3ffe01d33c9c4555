package io.sluice.fuzz;

import java.util.Arrays;
import java.util.List;

/**
 * What Jazzer runs, in a process of its own: the target that the property {@code sluice.fuzz.target} names. For {@code all} the
 * first byte of an input says which.
 */
public final class FuzzedProcess {
    private static final String TARGET = System.getProperty("sluice.fuzz.target", Fuzz.ALL);
    private static final List<FuzzTarget> TARGETS = targets();

    private FuzzedProcess() {}

    private static List<FuzzTarget> targets() {
        if (TARGET.equals(PlantedMistake.NAME)) {
            return List.of(PlantedMistake::parse);
        }
        return FuzzTargets.ALL.stream()
                .filter(type -> TARGET.equals(Fuzz.ALL) || TARGET.equals(type.name()))
                .map(type -> type.constructor().get())
                .toList();
    }

    /** Called by Jazzer with each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (!TARGET.equals(Fuzz.ALL)) {
            TARGETS.getFirst().run(input);
        } else if (input.length > 0) {
            var rest = Arrays.copyOfRange(input, 1, input.length);
            TARGETS.get((input[0] & 0xff) % TARGETS.size()).run(rest);
        }
    }
}
