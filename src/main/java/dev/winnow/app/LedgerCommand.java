package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.checkpoint.Budget;
import dev.winnow.checkpoint.LedgerEntry;
import dev.winnow.checkpoint.LedgerEntry.State;
import dev.winnow.checkpoint.Spending;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow runs ledger}. */
@Command(
    description = {
      "Shows each paid call of a run, as the provider counted it, and the sums.",
      "'unknown' is a call whose outcome nobody knows, because the process died or it was stopped.",
    })
final class LedgerCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  LedgerCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    UUID run;
    List<LedgerEntry> entries;
    Budget budget;
    try (Services services = common.open(context)) {
      run = services.find(id);
      entries = services.ledger(run);
      budget = services.budget(run);
    }
    Spending spent = entries.stream().map(LedgerEntry::spent).reduce(Spending.NONE, Spending::plus);
    long open = entries.stream().filter(LedgerCommand::isOpen).count();
    long openMicros =
        entries.stream().filter(LedgerCommand::isOpen).mapToLong(LedgerEntry::reservedMicros).sum();
    PrintStream out = context.console().out();
    if (common.json) {
      entries.forEach(entry -> out.println(Json.write(typed("entry", entry))));
      Map<String, Object> sum = new LinkedHashMap<>();
      sum.put("type", "result");
      sum.put("run", run);
      sum.put("budget", budget);
      sum.put("calls", entries.size());
      sum.put("unknown", open);
      sum.put("unknownMicros", openMicros);
      sum.put("spent", spent);
      out.println(Json.write(sum));
      return 0;
    }
    for (LedgerEntry entry : entries) {
      out.println(
          "%-8s %-28s %s %9s in %8s out  %s%s"
              .formatted(
                  entry.state().label(),
                  SafeText.line(entry.step(), 28),
                  cost(entry),
                  "%,d".formatted(entry.spent().inputTokens()),
                  "%,d".formatted(entry.spent().outputTokens()),
                  SafeText.line(entry.model(), 40),
                  entry.origin() == null ? "" : "  (paid by run " + entry.origin() + ")"));
    }
    out.println(
        "%d calls: %s, %,d tokens in, %,d out%s"
            .formatted(
                entries.size(),
                spent.shownCost(),
                spent.inputTokens(),
                spent.outputTokens(),
                limit(budget)));
    if (open > 0) {
      out.println(
          "%d of unknown outcome, counted as their reservation of %s"
              .formatted(open, Budget.dollars(openMicros)));
    }
    return 0;
  }

  private static boolean isOpen(LedgerEntry entry) {
    return entry.state() == State.UNKNOWN || entry.state() == State.RESERVED;
  }

  private static String cost(LedgerEntry entry) {
    if (isOpen(entry)) {
      return "≤" + Budget.dollars(entry.reservedMicros());
    }
    return entry.spent().costKnown() ? Budget.dollars(entry.spent().costMicros()) : "$?";
  }

  private static String limit(Budget budget) {
    String cost = budget.costMicros() == null ? "" : ", of " + Budget.dollars(budget.costMicros());
    return budget.tokens() == null ? cost : cost + ", of %,d tokens".formatted(budget.tokens());
  }

  static Map<String, Object> typed(String type, Object content) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", type);
    Json.mapper()
        .convertValue(content, com.fasterxml.jackson.databind.node.ObjectNode.class)
        .properties()
        .forEach(e -> line.put(e.getKey(), e.getValue()));
    return line;
  }
}
