package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.store.Database;
import dev.winnow.store.ImportTables;
import dev.winnow.store.ReadArchive;
import dev.winnow.workspace.ExportMirrors;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code winnow db import}. */
@Command(
    description = {
      "Reads a file of 'winnow db export' into the database that the settings name: all of it, or",
      "nothing.",
    })
final class ImportDb implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Option(names = "--replace", description = "Delete the runs that the database has now.")
  private boolean replace;

  @Parameters(paramLabel = "FILE", description = "A file that 'winnow db export' wrote.")
  private Path file = Path.of("");

  ImportDb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings(context, context.directory());
    long rows;
    int schema;
    try (ReadArchive archive = ReadArchive.open(context.directory().resolve(file));
        Database database =
            Database.open(
                settings.dataDirectory(),
                Optional.ofNullable(settings.databaseUrl()),
                context.console().err()::println)) {
      ImportTables.read(
          database,
          archive,
          replace,
          () -> {
            var _ = ExportMirrors.read(settings.dataDirectory(), archive);
          });
      rows = archive.manifest().rows();
      schema = archive.manifest().schema();
    }
    if (common.json) {
      context
          .console()
          .out()
          .println(Json.write(Map.of("type", "result", "rows", rows, "schema", schema)));
    } else {
      context.console().out().println("Imported %,d rows".formatted(rows));
    }
    return 0;
  }
}
