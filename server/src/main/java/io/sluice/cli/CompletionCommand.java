package io.sluice.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice completion}: what a shell needs to complete commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a script that makes the shell complete commands and options with the Tab key.",
            "",
            "  source <(sluice completion bash)",
            "  sluice completion zsh > ~/.sluice-completion && echo 'source ~/.sluice-completion' >> ~/.zshrc",
            ""
        })
final class CompletionCommand implements Callable<Integer> {
    /** The shells. */
    enum Shell {
        bash,
        zsh
    }

    private final Terminal terminal;
    private final Supplier<CommandLine> everything;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.bash;

    /** @param everything all commands, which are only built when they are needed */
    CompletionCommand(Terminal terminal, Supplier<CommandLine> everything) {
        this.terminal = terminal;
        this.everything = everything;
    }

    @Override
    public Integer call() {
        if (shell == Shell.zsh) {
            terminal.out().println("autoload -Uz compinit && compinit");
            terminal.out().println("autoload -Uz bashcompinit && bashcompinit");
        }
        terminal.out().println(AutoComplete.bash("sluice", everything.get()));
        return 0;
    }
}
