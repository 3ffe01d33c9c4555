package io.sluice.hub.log;

import io.sluice.config.ConfigException.Problem;
import io.sluice.config.HubConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every engine a namespace may name. */
public final class Engines {
    public static final List<EngineType<?>> ALL = List.of(
            new EngineType<>("memory", hub -> new MemoryLog.Settings(), MemoryLog::new),
            new EngineType<>("disk", HubConfig::disk, DiskLog::new));

    private Engines() {}

    /**
     * One problem for each namespace that names an engine which does not exist.
     *
     * @param more names that exist besides those of the list
     */
    public static List<Problem> problems(HubConfig hub, Set<String> more) {
        var names =
                Stream.concat(ALL.stream().map(EngineType::name), more.stream()).toList();
        var problems = new ArrayList<Problem>();
        hub.namespaces().forEach((name, namespace) -> {
            if (!names.contains(namespace.engine())) {
                var known = names.stream().collect(Collectors.joining(", "));
                problems.add(new Problem(
                        "hub.namespaces." + name + ".engine",
                        "no engine is called '" + namespace.engine() + "'; there are " + known,
                        ""));
            }
        });
        return problems;
    }
}
