package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import java.util.List;
import java.util.UUID;

/** Steps during which the process ended, again and again. */
public final class CrashedSteps {

  /** So many crashes at one step are no accident. */
  public static final int TOO_OFTEN = 3;

  private CrashedSteps() {}

  /**
   * Keys of steps that were in flight at {@link #TOO_OFTEN} crashes since the run was last taken up
   * by a person. Whoever told anything of its step after that did not crash: that it failed or was
   * cancelled, as when a node stops, or its result, as a node does that was frozen or cut off.
   */
  public static List<String> of(Database database, UUID run) {
    return database.query(
        """
        select key from step
        where run_id = ? and state = 'unknown' and error is null
        group by key having count(distinct epoch) >= ? order by key
        """,
        row -> row.text("key"),
        run,
        TOO_OFTEN);
  }
}
