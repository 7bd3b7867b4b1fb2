package dev.winnow.checkpoint;

import com.github.kagkarlsson.scheduler.Clock;
import dev.winnow.store.Database;
import java.time.Duration;
import java.time.Instant;

/**
 * The database's time on this machine. Heartbeats of one node are compared with the clock of
 * another: with two clocks ten seconds apart, living leases were stolen.
 */
final class DatabaseClock implements Clock {

  private final Database database;
  private volatile Duration ahead = Duration.ZERO;

  DatabaseClock(Database database) {
    this.database = database;
    measure();
  }

  void measure() {
    Instant before = Instant.now();
    Instant there =
        database
            .queryOne("select clock_timestamp() as now", row -> row.instant("now"))
            .orElseThrow();
    Instant middle = before.plus(Duration.between(before, Instant.now()).dividedBy(2));
    ahead = Duration.between(middle, there);
  }

  @Override
  public Instant now() {
    return Instant.now().plus(ahead);
  }
}
