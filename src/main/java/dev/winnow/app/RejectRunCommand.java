package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code winnow runs reject}. */
@Command(
    description = {
      "Says no to a run that waits for a person: nothing is delivered.",
      "The first answer wins; whoever comes second is told so.",
    })
final class RejectRunCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for people.")
  private @Nullable String reason;

  RejectRunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    UUID run;
    try (Services services = common.open(context)) {
      run = services.find(id);
      services.reject(run, Optional.ofNullable(reason).map(text -> SafeText.line(text, 500)));
    }
    context
        .console()
        .out()
        .println(
            common.json
                ? Json.write(Map.of("type", "result", "run", run, "answer", "rejected"))
                : "Rejected.");
    return 0;
  }
}
