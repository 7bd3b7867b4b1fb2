package dev.winnow.app;

import dev.winnow.app.CommandLineRunner.Context;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code winnow demo}: the whole pipeline on the bundled sample. */
@Command(
    description = {
      "Shows a whole run on a bundled sample repository, with scripted agents.",
      "One is right, one is subtly wrong although its own tests pass, one weakens an existing test."
    })
final class DemoCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  DemoCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    DemoRepository demo = DemoRepository.create();
    // the demo shows Winnow, not the settings of whatever directory it was started in
    Settings settings = common.settings(context, demo.directory());
    tell(
        "A small shop gets volume discounts. Three scripted agents try, tests first: right makes a"
            + " good change; subtle is wrong at the limits, and its own tests do not notice; cheat"
            + " breaks an existing test and weakens it. A fourth writes tests from the task alone.");
    context.console().err().println();
    int exitCode =
        new StartChange(context, settings)
            .run(demo.options(), Optional.empty(), true, 0, common.json);
    tell("The sample repository is in " + demo.directory() + ": look around, then delete it.");
    return exitCode;
  }

  private void tell(String text) {
    WrapText.lines(text, Math.min(100, context.columns()), 0)
        .forEach(context.console().err()::println);
  }
}
