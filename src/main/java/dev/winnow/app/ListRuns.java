package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.run.RunSummary;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code winnow runs list}. */
@Command(description = "Lists recorded runs, the newest first.")
final class ListRuns implements Callable<Integer> {

  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Option(names = "--limit", paramLabel = "N", description = "At most this many (default: 20).")
  private int limit = 20;

  ListRuns(Context context, boolean json) {
    this.context = context;
    this.common.json = json;
  }

  /** By the older class: the rules of {@code java.time} take longer to load than the list. */
  private static OffsetDateTime local(Instant time) {
    int offset = TimeZone.getDefault().getOffset(time.toEpochMilli());
    return time.atOffset(ZoneOffset.ofTotalSeconds(offset / 1000));
  }

  @Override
  public Integer call() {
    if (limit < 1 || limit > 10_000) {
      throw WinnowException.usage("--limit must be from 1 to 10000");
    }
    List<RunSummary> runs;
    try (Services services = common.open(context)) {
      runs = services.list(limit);
    }
    Console console = context.console();
    if (common.json) {
      runs.forEach(run -> console.out().println(Json.write(run)));
      return 0;
    }
    if (runs.isEmpty()) {
      console.err().println("No runs yet: try %s demo".formatted(Invoked.as()));
    }
    int columns = context.columns();
    for (RunSummary run : runs) {
      String head =
          "%s  %s  %-11s  "
              .formatted(
                  run.run(), MINUTE.format(local(run.created())), SafeText.line(run.outcome(), 11));
      String task = run.task().lines().findFirst().orElse("");
      console.out().println(head + SafeText.line(task, Math.max(16, columns - head.length() - 1)));
    }
    return 0;
  }
}
