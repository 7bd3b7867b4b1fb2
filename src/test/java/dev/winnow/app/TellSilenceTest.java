package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Ids;
import dev.winnow.checkpoint.WhyQueued;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody reads who watches a run whose node dies. */
@Timeout(60)
class TellSilenceTest {

  private final Database database = TestDatabase.fresh();
  private final UUID run = Ids.next();
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    database.close();
  }

  private void heartbeat(String age) {
    database.update(
        "update scheduled_tasks set last_heartbeat = clock_timestamp() - ?::interval", age);
  }

  @Test
  void saysWhetherAnotherNodeWillGoOnAndWhenItDoes() throws InterruptedException {
    database.update(
        "insert into run (id, kind, state, task, repository, owner) values (?, 'change', 'running', 't', '/r', 'one')",
        run);
    database.update(
        "insert into scheduled_tasks (task_name, task_instance, picked, picked_by, version)"
            + " values ('run', ?, true, 'one', 2)",
        run.toString());
    heartbeat("10 seconds");
    try (TellSilence _ = TellSilence.start(run, new WhyQueued(database), said::add)) {
      assertThat(said.poll(30, TimeUnit.SECONDS))
          .contains("no other node can take the run over")
          .contains("winnow runs resume " + run);
      database.update("insert into node (name, capacity) values ('two', 4)");
      assertThat(said.poll(30, TimeUnit.SECONDS)).contains("another one takes the run over");
      heartbeat("0 seconds");
      assertThat(said.poll(30, TimeUnit.SECONDS)).isEqualTo("winnow: a node goes on with the run.");
    }
    assertThat(said).isEmpty();
  }
}
