package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.spec.Spec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code winnow specs}: looks at specs, validates and decides on them. */
@Command(description = "Lists, shows, validates, exports, approves and rejects specs.")
final class SpecsCommand implements Callable<Integer> {

  private static final int MOST = 1_000;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  boolean help;

  @CommandLine.Spec private @Nullable CommandSpec self;

  @Override
  public Integer call() {
    if (self != null) {
      self.commandLine().usage(self.commandLine().getErr());
    }
    return 2;
  }

  static CommandLine commands(Context context) {
    CommandLine specs = new CommandLine(new SpecsCommand());
    specs.addSubcommand("list", new ListSpecs(context));
    specs.addSubcommand("show", new OneSpec.Show(context));
    specs.addSubcommand("validate", new OneSpec.Validate(context));
    specs.addSubcommand("export", new OneSpec.Export(context));
    specs.addSubcommand("approve", new OneSpec.Approve(context));
    specs.addSubcommand("reject", new OneSpec.Reject(context));
    return specs;
  }

  /** {@code winnow specs list}. */
  @Command(description = "The newest specs.")
  static final class ListSpecs implements Callable<Integer> {

    private final Context context;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(names = "--limit", paramLabel = "N", description = "How many (default: 20).")
    private int limit = 20;

    ListSpecs(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (Services services = common.open(context)) {
        List<Spec> specs =
            services
                .planner()
                .specs()
                .list(Math.clamp(limit, 1, MOST), Optional.empty(), Optional.empty());
        if (specs.isEmpty()) {
          context
              .console()
              .err()
              .println("No specs yet: try %s plan --task TEXT".formatted(Invoked.as()));
        }
        for (Spec spec : specs) {
          context.console().out().println(common.json ? Json.write(spec) : line(spec));
        }
        return 0;
      }
    }

    private static String line(Spec spec) {
      return "%s  %-9s  %-8s  %s"
          .formatted(
              spec.id(),
              spec.status().label(),
              spec.complexity().label(),
              SafeText.line(spec.title(), 80));
    }
  }
}
