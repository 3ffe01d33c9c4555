package io.sluice.cli;

import io.sluice.config.ConfigException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Every command there is. Exit codes: 0 fine, 1 failed, 2 usage.
 *
 * <p>Only the command that was asked for is built, because reading the annotations of all of them would slow the start. A plain
 * {@code serve} does without the parser: its 170 classes are too old for the cache of classes, and loading them is a fifth of a start.
 */
public final class Cli {
    private static final int FAILED = 1;

    private final Terminal terminal;
    private final Server.Maker servers;
    private final Map<String, Supplier<Callable<Integer>>> commands = new LinkedHashMap<>();

    public Cli(Terminal terminal, Server.Maker servers) {
        this.terminal = terminal;
        this.servers = servers;
        commands.put("demo", () -> new DemoCommand(terminal, servers));
        commands.put("serve", () -> new ServeCommand(terminal, servers));
        commands.put("check-config", () -> new CheckConfigCommand(terminal, servers));
        commands.put("print-config", () -> new PrintConfigCommand(terminal, servers));
        commands.put("publish", () -> new PublishCommand(terminal));
        commands.put("tail", () -> new TailCommand(terminal));
        commands.put("token", () -> new TokenCommand(terminal));
        commands.put("trace", () -> new TraceCommand(terminal));
        commands.put("advise", () -> new AdviseCommand(terminal));
        commands.put("completion", () -> new CompletionCommand(terminal, this::everything));
        commands.put("bench", () -> new BenchCommand(terminal));
        commands.put("compare", () -> new CompareCommand(terminal));
        commands.put("simulate", () -> new SimulateCommand(terminal));
        commands.put("soak", () -> new SoakCommand(terminal));
        commands.put("fuzz", () -> new FuzzCommand(terminal));
        commands.put("version", () -> new VersionCommand(terminal));
    }

    /** Runs one command to its end; returns the exit code. */
    public int run(String... arguments) {
        var plain = ServeCommand.plain(terminal, servers, arguments);
        if (plain != null) {
            try {
                return plain.call();
            } catch (RuntimeException failure) {
                return explain(failure);
            }
        }
        var asked = arguments.length == 0 ? null : commands.get(arguments[0]);
        var line = asked == null ? everything() : new CommandLine(new Root()).addSubcommand(arguments[0], asked.get());
        line.setOut(new PrintWriter(terminal.out(), true, terminal.out().charset()));
        line.setErr(new PrintWriter(terminal.err(), true, terminal.err().charset()));
        line.setUsageHelpWidth(100);
        line.setExecutionExceptionHandler((failure, command, parsed) -> explain(failure));
        return line.execute(arguments);
    }

    /** All commands, for what is about all of them: help, completion and the reference page. */
    CommandLine everything() {
        var line = new CommandLine(new Root());
        commands.forEach((name, maker) -> line.addSubcommand(name, maker.get()));
        return line;
    }

    private int explain(Exception failure) {
        switch (failure) {
            case CommandFailed known -> terminal.err().println("sluice: " + known.getMessage());
            case ConfigException config ->
                config.problems().forEach(problem -> terminal.err().println("sluice: " + problem));
            default -> {
                terminal.err().println("sluice: a bug: " + failure);
                failure.printStackTrace(terminal.err());
            }
        }
        return FAILED;
    }

    @Command(
            name = "sluice",
            mixinStandardHelpOptions = true,
            versionProvider = VersionCommand.Provider.class,
            header = "The realtime edge for your services.",
            description = {
                "",
                "Start with a demo, publish a message and see it arrive:",
                "",
                "  sluice demo",
                "  sluice tail chat:general",
                "  sluice publish chat:general '{\"text\":\"hello\"}'",
                "",
                "Each command explains itself: sluice tail --help",
                ""
            },
            synopsisSubcommandLabel = "COMMAND")
    private static final class Root implements Runnable {
        @CommandLine.Spec
        private @org.jspecify.annotations.Nullable CommandSpec spec;

        @Override
        public void run() {
            if (spec != null) {
                throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
            }
        }
    }
}
