package io.sluice.config;

import io.sluice.config.ConfigException.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a YAML file and {@code SLUICE_*} variables into a {@link Config}, or throws with every problem at once. */
public final class ConfigReader {
    private static final long MAX_FILE_BYTES = 1 << 20;

    private ConfigReader() {}

    /**
     * The configuration that {@code file} and {@code environment} describe; throws {@link ConfigException}.
     *
     * @param file null for defaults only
     */
    public static Config read(@Nullable Path file, Map<String, String> environment) {
        return read(file, environment, config -> List.of());
    }

    /**
     * The same with rules that are not known here, such as the names in the lists of engines.
     *
     * @param rules gives the problems of a configuration that is valid otherwise, without their lines
     */
    public static Config read(
            @Nullable Path file, Map<String, String> environment, Function<Config, List<Problem>> rules) {
        if (file == null) {
            return parse("", "defaults", environment, rules);
        }
        return parse(text(file), String.valueOf(file.getFileName()), environment, rules);
    }

    /** The same for text; {@code name} is what problems call the file. */
    public static Config parse(String yaml, String name, Map<String, String> environment) {
        return parse(yaml, name, environment, config -> List.of());
    }

    private static Config parse(
            String yaml, String name, Map<String, String> environment, Function<Config, List<Problem>> rules) {
        var problems = new ArrayList<Problem>();
        var root = new YamlTree(name, problems).read(yaml);
        new EnvironmentOverrides(problems).apply(Config.class, root, environment);
        var config = new RecordBinder(problems).bind(Config.class, root, "", new Config());
        if (config != null) {
            for (var problem : rules.apply((Config) config)) {
                problems.add(new Problem(
                        problem.path(),
                        problem.rule(),
                        root.nearest(problem.path()).where()));
            }
        }
        if (!problems.isEmpty() || config == null) {
            throw new ConfigException(inOrder(problems));
        }
        return (Config) config;
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new ConfigException("", file + " is larger than 1MiB, which no configuration is");
            }
            return Files.readString(file);
        } catch (NoSuchFileException missing) {
            throw new ConfigException("", "there is no file " + file);
        } catch (CharacterCodingException notText) {
            throw new ConfigException("", file + " is not UTF-8 text");
        } catch (IOException unreadable) {
            throw new ConfigException("", file + " cannot be read: " + unreadable.getMessage());
        }
    }

    /** By line; what no line is to blame for comes last. */
    private static List<Problem> inOrder(List<Problem> problems) {
        var byLine = problems.stream()
                .collect(Collectors.groupingBy(ConfigReader::line, java.util.TreeMap::new, Collectors.toList()));
        var ordered = new ArrayList<Problem>();
        new LinkedHashMap<>(byLine).values().forEach(ordered::addAll);
        return ordered;
    }

    private static int line(Problem problem) {
        var digits = problem.where().substring(problem.where().lastIndexOf(':') + 1);
        return !digits.isEmpty() && digits.length() < 9 && digits.chars().allMatch(Character::isDigit)
                ? Integer.parseInt(digits)
                : Integer.MAX_VALUE;
    }
}
