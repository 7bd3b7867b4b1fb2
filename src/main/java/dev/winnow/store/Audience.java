package dev.winnow.store;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether anybody listens on a channel. Each process that does shares a lock with the others, which
 * ends with its connection; so whoever gets that lock alone knows that there is nobody. The answer
 * counts for a second.
 */
final class Audience {

  private static final Duration KNOWN = Duration.ofSeconds(1);

  /** First key of the locks; any number that nobody else uses. The second one is the channel's. */
  private static final int LISTENS = 0x6c697374;

  private static final String JOIN = "select pg_advisory_lock_shared(%d, hashtext('%s'))";

  // for the moment of this statement
  private static final String IS_THERE =
      "select not pg_try_advisory_xact_lock(?, hashtext(?)) as there";

  private record Answer(boolean there, long at) {
    boolean counts() {
      return System.nanoTime() - at < KNOWN.toNanos();
    }
  }

  private final Database database;
  private final Notifications own;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  /**
   * @param own of this process
   */
  Audience(Database database, Notifications own) {
    this.database = database;
    this.own = own;
  }

  /** What a connection that listens on the channel does besides. */
  static String join(String channel) {
    return JOIN.formatted(LISTENS, channel);
  }

  /** Does not ask; false when it is not known. */
  boolean isKnownToBeAway(String channel) {
    Answer last = answers.get(channel);
    return last != null && !last.there() && last.counts() && !own.listensTo(channel);
  }

  /** Asks the database, unless it has just answered. */
  boolean isThere(String channel) {
    if (own.listensTo(channel)) {
      return true;
    }
    Answer last = answers.get(channel);
    if (last == null || !last.counts()) {
      long now = System.nanoTime();
      boolean there =
          database.queryOne(IS_THERE, row -> row.flag("there"), LISTENS, channel).orElse(true);
      last = new Answer(there, now);
      answers.put(channel, last);
    }
    return last.there();
  }
}
