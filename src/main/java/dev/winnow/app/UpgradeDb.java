package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.store.UpgradePostgres;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code winnow db upgrade}. */
@Command(
    description = "Moves the embedded database to the PostgreSQL that this Winnow brings.",
    footer = "The old files stay beside the new ones until you delete them.")
final class UpgradeDb implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Option(
      names = "--from",
      paramLabel = "DIR",
      description =
          "An installation of the old PostgreSQL (the directory above bin), when the programs that"
              + " an earlier Winnow unpacked are gone.")
  private @Nullable Path from;

  UpgradeDb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings(context, context.directory());
    if (settings.databaseUrl() != null) {
      throw WinnowException.usage(
          "The settings name an external server: upgrade that one with its own tools.");
    }
    UpgradePostgres.Upgraded done =
        UpgradePostgres.run(
            settings.dataDirectory(),
            Optional.ofNullable(from).map(context.directory()::resolve),
            Version.line(),
            context.console().err()::println);
    if (common.json) {
      context.console().out().println(Json.write(done));
    } else {
      context
          .console()
          .out()
          .println(
              "%s from PostgreSQL %d to %d%s. The old files are in %s: delete them when all is well."
                  .formatted(
                      done.rows().isPresent() ? "Upgraded" : "Finished the upgrade",
                      done.from(),
                      done.to(),
                      done.rows().isPresent()
                          ? ", %,d rows".formatted(done.rows().getAsLong())
                          : " that was interrupted",
                      done.kept()));
    }
    return 0;
  }
}
