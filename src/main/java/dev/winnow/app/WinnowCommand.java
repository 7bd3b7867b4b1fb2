package dev.winnow.app;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program without a command: says what there is. */
@Command(
    name = "winnow",
    description = "One task in, the best verified change out.",
    versionProvider = WinnowCommand.ProvideVersion.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 accepted; 1 no candidate passed; 2 usage or settings; 3 budget or time limit;",
      "4 a person must decide; 5 infrastructure; 130 interrupted.",
    })
final class WinnowCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getErr());
    }
    return 2;
  }

  /** Asked by picocli for {@code --version}. */
  static final class ProvideVersion implements picocli.CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Version.line()};
    }
  }
}
