package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow runs approve}. */
@Command(
    description = {
      "Says yes to a run that waits for a person, and delivers the candidate.",
      "The first answer wins; whoever comes second is told so.",
    })
final class ApproveRunCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "The run's id, its beginning, or latest.")
  private String id = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CANDIDATE",
      description = "Needed when the evidence could not decide: c1, c2, ...")
  private @Nullable String candidate;

  ApproveRunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    UUID run;
    Optional<String> branch;
    try (Services services = common.open(context)) {
      run = services.find(id);
      branch = services.approve(run, Optional.ofNullable(candidate));
    }
    if (common.json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("type", "result");
      line.put("run", run);
      line.put("answer", "approved");
      line.put("branch", branch.orElse(null));
      context.console().out().println(Json.write(line));
    } else {
      context
          .console()
          .out()
          .println(
              branch
                  .map(b -> "Approved: the change is on branch " + b)
                  .orElse(
                      "Approved. No branch was asked for, or the repository is not here: winnow runs deliver "
                          + run));
    }
    return 0;
  }
}
