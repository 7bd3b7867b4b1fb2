package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command understands. */
final class CommonOptions {

  @Option(names = "--json", description = "Machine-readable output on stdout, one object a line.")
  boolean json;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Where Winnow keeps its data (default: WINNOW_DATA_DIR, settings, or your home).")
  @Nullable Path dataDirectory;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  boolean help;

  /**
   * Says what came of it, in one line.
   *
   * @param plain for people; empty when silence says enough
   * @param json name and value of each field, in turn
   */
  void result(Context context, String plain, Object... json) {
    PrintStream out = context.console().out();
    if (this.json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("type", "result");
      for (int i = 0; i < json.length; i += 2) {
        line.put(json[i].toString(), json[i + 1]);
      }
      out.println(Json.write(line));
    } else if (!plain.isEmpty()) {
      out.println(plain);
    }
  }

  /** What commands about recorded things work with. */
  Services open(Context context) {
    return Services.open(context, settings(context, context.directory()));
  }

  /** The settings for a command about this repository; the option wins over all of them. */
  Settings settings(Context context, Path repository) {
    Path chosen = dataDirectory;
    if (chosen == null) {
      return context.settings(repository);
    }
    Map<String, String> environment = new HashMap<>(context.environment());
    environment.put("WINNOW_DATA_DIR", context.directory().resolve(chosen).toString());
    return ReadSettings.read(environment, context.directory(), FindCheckout.above(repository))
        .from("data-dir", "--data-dir");
  }
}
