package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow runs diff}. */
@Command(description = "Prints the winner's change, or a candidate's, as a diff.")
final class DiffRun implements Callable<Integer> {

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
      description = "c1, c2, ... (default: the winner).")
  private @Nullable String candidate;

  DiffRun(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    UUID run;
    String diff;
    try (Services services = common.open(context)) {
      run = services.find(id);
      diff = services.diff(run, candidate);
    }
    Console console = context.console();
    if (common.json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("type", "diff");
      line.put("run", run.toString());
      line.put("candidate", candidate);
      line.put("diff", diff);
      console.out().println(Json.write(line));
    } else if (console.outIsTerminal()) {
      // a file of a candidate must not drive the terminal
      Style style = console.outStyle();
      diff.lines().forEach(line -> console.out().println(painted(line, style)));
    } else {
      console.out().print(diff);
    }
    return 0;
  }

  private static String painted(String raw, Style style) {
    String line = SafeText.withoutControls(raw.replace("\t", "    "));
    if (line.startsWith("+++") || line.startsWith("---") || line.startsWith("diff ")) {
      return style.bold(line);
    }
    return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
      case '+' -> style.good(line);
      case '-' -> style.bad(line);
      case '@' -> style.accent(line);
      default -> line;
    };
  }
}
