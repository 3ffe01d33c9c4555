package io.sluice.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code sluice bench}: the load tool. Loopback only. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench fanout --rows a", "  ./sluice bench fanout --help"},
        description = "Measures the built server on this machine, beside a bare loop and peers.",
        subcommands = {
            FanoutBench.class,
            IdleBench.class,
            ResumeBench.class,
            RestartBench.class,
            PublishBench.class,
            StartBench.class,
            StormBench.class,
            AttackBench.class,
            WebhooksBench.class,
            JmhCommand.class
        })
public final class Bench {
    private Bench() {}

    static CommandLine commands() {
        return new CommandLine(new Bench());
    }

    public static void main(String[] args) {
        System.exit(run(commands(), args));
    }

    /** Runs a command; its exit code. BENCH_DEBUG shows where a failure came from. */
    public static int run(CommandLine commands, String... args) {
        return commands.setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(command.getCommandName() + " failed: " + failure.getMessage());
                    if (System.getenv("BENCH_DEBUG") != null) {
                        failure.printStackTrace(command.getErr());
                    }
                    return 1;
                })
                .execute(args);
    }
}
