package io.sluice.fuzz;

import java.util.Arrays;
import java.util.List;

/**
 * What Jazzer runs, in a process of its own: the target that the property {@code sluice.fuzz.target} names. For {@code all} the
 * first byte of an input says which.
 */
public final class FuzzedProcess {
    private static final String TARGET = System.getProperty("sluice.fuzz.target", Fuzz.ALL);
    private static List<FuzzTarget> targets = List.of();

    private FuzzedProcess() {}

    /** Called by Jazzer before the first input, whose time this is not. */
    public static void fuzzerInitialize() {
        if (TARGET.equals(PlantedMistake.NAME)) {
            targets = List.of(PlantedMistake::parse);
            return;
        }
        targets = FuzzTargets.ALL.stream()
                .filter(type -> TARGET.equals(Fuzz.ALL) || TARGET.equals(type.name()))
                .map(type -> type.constructor().get())
                .toList();
    }

    /** Called by Jazzer with each input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (!TARGET.equals(Fuzz.ALL)) {
            targets.getFirst().run(input);
        } else if (input.length > 0) {
            var rest = Arrays.copyOfRange(input, 1, input.length);
            targets.get((input[0] & 0xff) % targets.size()).run(rest);
        }
    }
}
