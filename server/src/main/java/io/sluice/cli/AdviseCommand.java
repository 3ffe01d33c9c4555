package io.sluice.cli;

import io.sluice.cli.Advice.Client;
import io.sluice.cli.Advice.Delay;
import io.sluice.cli.Advice.Network;
import io.sluice.cli.Advice.Talk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice advise}: which transport for my case. */
@Command(
        name = "advise",
        mixinStandardHelpOptions = true,
        description = {
            "Says which transport suits a case, why, what breaks it and what to take then. Asks what is not given.",
            "",
            "  sluice advise",
            "  sluice advise --client page --talk listen --delay now --network open",
            "  sluice advise --client service --talk both --delay now --network open --json",
            ""
        })
final class AdviseCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--client", paramLabel = "WHO", description = "page, app, service or script.")
    private @Nullable String client;

    @Option(names = "--talk", paramLabel = "HOW", description = "listen or both.")
    private @Nullable String talk;

    @Option(names = "--delay", paramLabel = "WHEN", description = "now, seconds or minutes.")
    private @Nullable String delay;

    @Option(names = "--network", paramLabel = "WHAT", description = "open or hostile.")
    private @Nullable String network;

    @Option(names = "--json", description = "Print the advice as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    AdviseCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var questions = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
        var who = answer(questions, "--client", client, "Who receives?", Client.values());
        var how = answer(questions, "--talk", talk, "Does it mostly listen, or talk as much?", Talk.values());
        var when = answer(questions, "--delay", delay, "How late may a message be?", Delay.values());
        var what = answer(questions, "--network", network, "What stands between?", Network.values());
        var advice = Advice.of(who, how, when, what);
        if (json) {
            terminal.out().println(Json.MAPPER.writeValueAsString(advice.members()));
        } else {
            terminal.out().println(advice.text());
        }
        return 0;
    }

    /** What was given; else what a person answers; else a usage mistake that names the option. */
    private <T extends Enum<T> & Advice.Choice> T answer(
            BufferedReader questions, String option, @Nullable String given, String question, T[] choices) {
        var found = given == null ? null : find(given, choices);
        if (found != null) {
            return found;
        }
        if (given != null || !terminal.interactive()) {
            throw mistake(option + " must be one of " + names(choices));
        }
        while (true) {
            terminal.out().println(question);
            for (var choice : choices) {
                terminal.out().println("  %-8s %s".formatted(name(choice), choice.meaning()));
            }
            terminal.out().print("> ");
            terminal.out().flush();
            var line = read(questions, option);
            found = find(line.strip(), choices);
            if (found != null) {
                return found;
            }
            terminal.out().println("One of " + names(choices) + ", please.");
        }
    }

    private String read(BufferedReader questions, String option) {
        try {
            var line = questions.readLine();
            if (line == null) {
                throw mistake("no answer; give " + option);
            }
            return line;
        } catch (IOException unreadable) {
            throw new CommandFailed("cannot read the answer: " + unreadable.getMessage());
        }
    }

    private ParameterException mistake(String message) {
        return new ParameterException(spec == null ? new CommandLine(this) : spec.commandLine(), message);
    }

    private static <T extends Enum<T>> @Nullable T find(String text, T[] choices) {
        return Arrays.stream(choices)
                .filter(choice -> name(choice).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElse(null);
    }

    private static String names(Enum<?>[] choices) {
        return List.of(choices).stream().map(AdviseCommand::name).collect(Collectors.joining(", "));
    }

    private static String name(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }
}
