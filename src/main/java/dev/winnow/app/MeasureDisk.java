package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.app.Doctor.Check;
import dev.winnow.app.Doctor.State;
import dev.winnow.store.Database;
import dev.winnow.workspace.MeasureFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Winnow's data take of the disk, by what they are. */
final class MeasureDisk {

  /** Directories of the data directory, and what people call them. */
  private static final Map<String, String> PARTS = parts();

  private MeasureDisk() {}

  private static Map<String, String> parts() {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("mirrors", "mirrors");
    parts.put("cache", "caches");
    parts.put("work", "work directories");
    parts.put("reports", "reports");
    return parts;
  }

  /** One line; what cannot be read counts nothing. */
  static Check check(Settings settings) {
    List<String> shown = new ArrayList<>();
    shown.add("database " + database(settings).map(MeasureDisk::show).orElse("unknown"));
    PARTS.forEach((directory, name) ->
        shown.add(
            name + " " + show(MeasureFiles.bytes(settings.dataDirectory().resolve(directory)))));
    return new Check("disk use", State.OK, String.join(", ", shown), "");
  }

  private static Optional<Long> database(Settings settings) {
    try (Database database =
        Database.open(
            settings.dataDirectory(), Optional.ofNullable(settings.databaseUrl()), line -> {})) {
      return database.queryOne(
          "select pg_database_size(current_database()) as n", row -> row.number("n"));
    } catch (WinnowException e) {
      return Optional.empty(); // another check says why
    }
  }

  private static String show(long bytes) {
    return bytes < 10L << 30
        ? "%,d MiB".formatted(bytes >> 20)
        : "%,.1f GiB".formatted(bytes / (double) (1L << 30));
  }
}
