package io.sluice.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration is not usable: every problem that was found, in the order of the file. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** One problem that no line of a file is to blame for, such as a name that is in no list. */
    public ConfigException(String path, String rule) {
        this(List.of(new Problem(path, rule, "")));
    }

    public List<Problem> problems() {
        return problems;
    }

    /**
     * One problem.
     *
     * @param path the key, as {@code hub.namespaces.chat.max_age}; empty for the file as a whole
     * @param rule which rule was broken, and how
     * @param where {@code sluice.yaml:12} or the name of an environment variable; may be empty
     */
    public record Problem(String path, String rule, String where) {
        @Override
        public String toString() {
            return (path.isEmpty() ? "" : path + ": ") + rule + (where.isEmpty() ? "" : " (" + where + ")");
        }
    }
}
