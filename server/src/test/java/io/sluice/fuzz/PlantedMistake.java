package io.sluice.fuzz;

/** A parser with a mistake that no random input meets: the search must see how far an input gets to find it. */
final class PlantedMistake {
    static final String NAME = "planted";

    private PlantedMistake() {}

    static void parse(byte[] input) {
        if (input.length > 4 && input[0] == 's' && input[1] == 'l' && input[2] == '1' && input[3] == '.') {
            FuzzTarget.check(input[4] != '7', "the version is refused");
        }
    }
}
