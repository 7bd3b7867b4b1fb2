package dev.winnow.checkpoint;

import dev.winnow.Ids;
import dev.winnow.store.Database;
import java.util.UUID;

/** A row in table run, so that there is something to write steps and events for. */
final class TestRun {

  private TestRun() {}

  static UUID in(Database database) {
    UUID run = Ids.next();
    database.update(
        """
        insert into run (id, kind, state, task, repository)
        values (?, 'change', 'running', 'task', '/repository')
        """,
        run);
    return run;
  }
}
