package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.store.Database;
import dev.winnow.store.ExportTables;
import dev.winnow.store.Manifest;
import dev.winnow.store.WriteArchive;
import dev.winnow.workspace.ExportMirrors;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow db export}. */
@Command(
    description = {
      "Writes everything that Winnow knows into one file: all tables as they are at one moment,",
      "and the objects of all candidates. This is the backup; runs may go on meanwhile.",
    })
final class ExportDb implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(
      paramLabel = "FILE",
      description = "A new file. Keep it safe: conversations are in it.")
  private Path file = Path.of("");

  ExportDb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings(context, context.directory());
    Path target = context.directory().resolve(file);
    Manifest manifest;
    try (WriteArchive archive = WriteArchive.create(target);
        Database database =
            Database.open(
                settings.dataDirectory(),
                Optional.ofNullable(settings.databaseUrl()),
                context.console().err()::println)) {
      manifest =
          ExportTables.write(
              database,
              archive,
              Version.line(),
              to -> {
                var _ = ExportMirrors.write(settings.dataDirectory(), to);
              });
    }
    long runs =
        manifest.tables().stream()
            .filter(t -> t.name().equals("run"))
            .mapToLong(Manifest.Table::rows)
            .sum();
    if (common.json) {
      context
          .console()
          .out()
          .println(
              Json.write(
                  Map.of(
                      "type", "result",
                      "file", target.toString(),
                      "runs", runs,
                      "rows", manifest.rows(),
                      "schema", manifest.schema())));
    } else {
      context
          .console()
          .out()
          .println("Exported %,d runs (%,d rows) to %s".formatted(runs, manifest.rows(), target));
    }
    return 0;
  }
}
