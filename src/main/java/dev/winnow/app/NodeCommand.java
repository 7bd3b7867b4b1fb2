package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.telemetry.Logs;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code winnow node}. */
@Command(
    description = {
      "Works on queued runs until it is stopped.",
      "Ctrl-C or SIGTERM gives its runs back to the queue; another node, or the next start, goes on."
    })
final class NodeCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  NodeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings(context, context.directory());
    Logs.usual(Level.INFO);
    Cancellation stop = context.interrupts().listen();
    try (Services services = Services.openForQueue(context, settings)) {
      context
          .console()
          .err()
          .println(
              "winnow: this node works on up to %d runs at a time; stop it with Ctrl-C."
                  .formatted(settings.limits().queue().runs()));
      services.serveMetrics(context.console().err()::println);
      try (Housekeeping _ = Housekeeping.start(services, context.console().err()::println)) {
        services.workOnQueue(stop);
      }
    }
    return 0;
  }
}
