package dev.winnow.store;

import dev.winnow.telemetry.CleanText;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One write, or the wait for those before it.
 *
 * @param awaited whether somebody waits for the result
 * @param bulk null for a statement of its own, or for none
 * @param result the number of changed rows
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SmallWrite(
    Object key,
    boolean awaited,
    @Nullable BulkWrite bulk,
    String sql,
    @Nullable Object[] values,
    CompletableFuture<Integer> result) {

  boolean isAlone() {
    return !sql.isEmpty();
  }

  /** Nothing but the wait for those before it. */
  boolean isFlush() {
    return bulk == null && !isAlone();
  }

  long chars() {
    long chars = 0;
    for (Object value : values) {
      chars +=
          switch (value) {
            case String text -> text.length();
            case CleanText text -> text.text().length();
            case Jsonb json -> json.text().length();
            case null, default -> 8;
          };
    }
    return chars;
  }
}
