package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckpointsTest {

  /** The form of what a candidate's files leave in the journal. */
  private record Recorded(String tree, List<String> refused, Object value) {}

  private final Database database = TestDatabase.fresh();
  private final UUID run = TestRun.in(database);
  private final Lease lease = Lease.acquire(database, run, "node");
  private final CheckpointManager steps = new CheckpointManager(database, lease);

  @AfterEach
  void close() {
    database.close();
  }

  private void wrote(String key, String tree, String result) {
    var _ = steps.step(key, "in", Object.class, () -> new Recorded(tree, List.of("a\"b"), result));
  }

  @Test
  void aTreeIsFoundWhateverCharactersTheResultHas() {
    wrote("c1/green/turn-1/files", "aaaa", "plain");
    wrote("c1/green/turn-2/files", "bbbb", "nul \0, half \ud800, \"tree\":\"cccc\" \\u0000");
    wrote("c2/green/turn-1/files", "dddd", "\0");
    var _ = steps.step("c3/green/turn-1/files", "in", Object.class, () -> "no tree \0");
    new Checkpoints(database, lease).mark("c1/green/turn-2", "green");
    assertThat(Checkpoints.find(database, run, "1").trees())
        .containsEntry("c1", "bbbb")
        .containsEntry("c2", "dddd")
        .hasSize(2);
    assertThat(new PruneJournal(database).needed().get(run)).contains("aaaa", "bbbb", "dddd");
  }
}
