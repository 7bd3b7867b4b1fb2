package dev.winnow.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.app.Doctor.Check;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
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
      checks.forEach(check -> json("check", check));
      settings.shown().forEach(setting -> json("setting", setting));
      json("result", Map.of("usable", works));
    } else {
      checks.forEach(this::print);
      out().println();
      out().println(context.console().outStyle().bold("Settings"));
      int width =
          settings.shown().stream().mapToInt(shown -> shown.setting().length()).max().orElse(0);
      for (Settings.Shown shown : settings.shown()) {
        String line =
            "  %s %s  %s"
                .formatted(
                    SafeText.pad(shown.setting(), width),
                    SafeText.line(shown.value(), 200),
                    context
                        .console()
                        .outStyle()
                        .dim("(" + SafeText.line(shown.source(), 300) + ")"));
        WrapText.lines(line, context.columns(), width + 3).forEach(out()::println);
      }
      out().println();
      out().println(works ? "Winnow can run here." : "Winnow cannot run here yet: see above.");
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
    String line =
        "%s %s %s"
            .formatted(mark, SafeText.pad(check.name(), 12), SafeText.line(check.detail(), 300));
    WrapText.lines(line, context.columns(), 15).forEach(out()::println);
    if (!check.remedy().isEmpty()) {
      String remedy = " ".repeat(15) + SafeText.line(check.remedy(), 600);
      WrapText.lines(remedy, context.columns(), 15).forEach(out()::println);
    }
  }

  private PrintStream out() {
    return context.console().out();
  }

  private void json(String type, Object content) {
    ObjectNode line = Json.mapper().createObjectNode();
    line.put("type", type);
    line.setAll(Json.mapper().convertValue(content, ObjectNode.class));
    out().println(Json.write(line));
  }
}
