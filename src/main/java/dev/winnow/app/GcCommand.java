package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.run.CleanUp;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code winnow gc}. */
@Command(
    description = {
      "Takes away what nobody needs any more, by the ages and sizes in the settings 'retention'.",
      "Runs that are at work or wait for a person keep everything; 'winnow node' does this hourly.",
    })
final class GcCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Option(names = "--dry-run", description = "Only say what would be taken away.")
  private boolean dryRun;

  GcCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    CleanUp.Cleaned cleaned;
    try (Services services = common.open(context)) {
      cleaned = services.cleanUp(dryRun);
    }
    PrintStream out = context.console().out();
    if (common.json) {
      out.println(Json.write(LedgerCommand.typed("result", cleaned)));
      return 0;
    }
    if (cleaned.isNothing()) {
      out.println("Nothing is old or large enough to be taken away (settings 'retention').");
      return 0;
    }
    out.println(
        "%s: journals of %d runs (%,d rows), %,d events, %d refs of candidates, %d bases, %d workspaces, %d caches"
            .formatted(
                dryRun ? "Would take away" : "Took away",
                cleaned.runs().size(),
                cleaned.rows(),
                cleaned.events(),
                cleaned.refs(),
                cleaned.bases(),
                cleaned.workspaces(),
                cleaned.caches().size()));
    cleaned.caches().forEach(cache -> out.println("  " + SafeText.line(cache, 200)));
    return 0;
  }
}
