package dev.winnow.http;

import dev.winnow.run.CleanUp;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What only those do who look after the server. */
final class OperateRoutes {

  private static final long KEPT_SECONDS = 30;

  /**
   * @param dryRun only say what would be taken away
   */
  record Cleaning(@Nullable Boolean dryRun) {}

  /**
   * @param usable whether runs can work on this machine
   */
  record Checks(boolean usable, List<Backend.Check> items) {}

  private final Backend backend;
  private final ReentrantLock examining = new ReentrantLock();
  private @Nullable Checks found;
  private long foundAt; // of System.nanoTime

  OperateRoutes(Backend backend) {
    this.backend = backend;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/gc",
                "cleanUp",
                "Takes away what nobody needs any more, by the settings 'retention'.",
                Cleaning.class,
                this::cleanUp)
            .forAccess(Route.Access.ADMIN)
            .answers(200, "What was taken away, or would be.", CleanUp.Cleaned.class),
        Route.get(
                "/api/v1/doctor",
                "examine",
                "What works on the server's machine, what is missing, and how to get it.",
                this::examine)
            .forAccess(Route.Access.ADMIN)
            .answers(200, "What was found.", Checks.class));
  }

  private Reply cleanUp(Request request) {
    boolean dryRun = Boolean.TRUE.equals(request.body(Cleaning.class).dryRun());
    return Reply.json(backend.cleanUp().run(dryRun));
  }

  /** One at a time, and seldom: it starts programs, and tries to break out of the sandbox. */
  private Reply examine(Request request) {
    examining.lock();
    try {
      Checks known = found;
      if (known == null || System.nanoTime() - foundAt > KEPT_SECONDS * 1_000_000_000L) {
        List<Backend.Check> checks = backend.examine().get();
        known = new Checks(checks.stream().noneMatch(c -> c.state().equals("missing")), checks);
        found = known;
        foundAt = System.nanoTime();
      }
      return Reply.json(known);
    } finally {
      examining.unlock();
    }
  }
}
