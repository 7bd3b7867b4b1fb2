package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Ids;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventLogTest {

  @Test
  void appends() {
    try (Database database = TestDatabase.fresh()) {
      UUID run = Ids.next();
      database.update(
          "insert into run (id, kind, state, task, repository) values (?, 'change', 'queued', 't', 'r')",
          run);
      EventLog log = new EventLog(database, Lease.acquire(database, run, "n1"));
      RecordedEvent one = log.append(new RunEvent.Notice("hello\0 \\u0000"));
      System.out.println(one.toJson());
      assertThat(new EventReader(database).read(run, 0, 10)).containsExactly(one);
      CheckpointManager steps = new CheckpointManager(database, Lease.acquire(database, run, "n1"));
      assertThat(steps.step("a", "in", String.class, () -> "x")).isEqualTo("x");
    }
  }
}
