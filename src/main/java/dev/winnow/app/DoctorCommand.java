package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.app.Doctor.Check;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code winnow doctor}. */
@Command(description = "Says what works on this machine, what is missing and how to get it.")
final class DoctorCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  DoctorCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings(context, context.directory());
    List<Check> checks = new Doctor(settings, context.environment()).examine();
    boolean works = checks.stream().noneMatch(c -> c.state() == Doctor.State.MISSING);
    if (common.json) {
      checks.forEach(check -> context.console().out().println(Json.write(check)));
    } else {
      checks.forEach(this::print);
      settings
          .sources()
          .forEach((key, source) ->
              context.console().out().println("  setting %-18s from %s".formatted(key, source)));
      context
          .console()
          .out()
          .println(works ? "Winnow can run here." : "Winnow cannot run here yet.");
    }
    return works ? 0 : WinnowException.Category.INFRASTRUCTURE.exitCode();
  }

  private void print(Check check) {
    Style style = context.console().outStyle();
    String mark =
        switch (check.state()) {
          case OK -> style.good(Marks.GOOD);
          case WEAK -> style.warn("!");
          case OPTIONAL -> style.dim("–");
          case MISSING -> style.bad(Marks.BAD);
        };
    context
        .console()
        .out()
        .println(
            "%s %s %s"
                .formatted(
                    mark, SafeText.pad(check.name(), 12), SafeText.line(check.detail(), 300)));
    if (!check.remedy().isEmpty()) {
      context.console().out().println("  " + " ".repeat(13) + check.remedy());
    }
  }
}
