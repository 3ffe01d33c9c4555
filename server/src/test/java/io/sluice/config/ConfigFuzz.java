package io.sluice.config;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A file is refused with its problems, each with a rule, or prints as one that reads the same. */
public final class ConfigFuzz implements FuzzTarget {
    @Override
    public void run(byte[] input) {
        Config config;
        try {
            config = ConfigReader.parse(new String(input, StandardCharsets.UTF_8), "fuzz.yaml", Map.of());
        } catch (ConfigException refused) {
            check(!refused.problems().isEmpty(), "refused without a problem");
            refused.problems().forEach(problem -> {
                check(!problem.rule().isBlank(), "a problem without a rule: " + problem);
                check(problem.where().matches("(?s)fuzz\\.yaml.*|defaults.*|"), "a problem of nowhere: " + problem);
            });
            return;
        }
        var printed = ConfigPrinter.printRevealing(config);
        var again = ConfigReader.parse(printed, "printed.yaml", Map.of());
        check(again.equals(config), "reads as another one:\n" + printed);
        check(!ConfigPrinter.print(config).contains("whsec_"), "a secret is printed");
    }
}
