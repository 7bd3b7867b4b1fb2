package dev.winnow.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The current row of a result; valid only inside its mapper. */
public final class Row {

  private static final int FIRST_COLUMNS = 16;

  private final ResultSet result;

  // Each row is asked for the same columns in the same order: from the second on, none is looked
  // up.
  private String[] asked = new String[FIRST_COLUMNS];
  private int[] found = new int[FIRST_COLUMNS];
  private int known;
  private int next;

  Row(ResultSet result) {
    this.result = result;
  }

  /** Goes on to the next row, if there is one. */
  boolean next() throws SQLException {
    next = 0;
    return result.next();
  }

  @SuppressWarnings("ReferenceEquality") // names are literals; another one is only looked up
  private int index(String column) throws SQLException {
    int at = next++;
    if (at < known && asked[at] == column) {
      return found[at];
    }
    int index = result.findColumn(column);
    if (at >= asked.length) {
      asked = Arrays.copyOf(asked, 2 * at);
      found = Arrays.copyOf(found, 2 * at);
    }
    asked[at] = column;
    found[at] = index;
    known = Math.max(known, at + 1);
    return index;
  }

  public String text(String column) {
    return required(column, textOrNull(column));
  }

  /** Also for {@code jsonb} columns: their JSON text. */
  public @Nullable String textOrNull(String column) {
    return read(() -> result.getString(index(column)));
  }

  public Optional<String> optionalText(String column) {
    return Optional.ofNullable(textOrNull(column));
  }

  public UUID uuid(String column) {
    return required(column, read(() -> result.getObject(index(column), UUID.class)));
  }

  public long number(String column) {
    return required(column, read(() -> (Number) result.getObject(index(column)))).longValue();
  }

  public boolean flag(String column) {
    return required(column, flagOrNull(column));
  }

  public @Nullable Boolean flagOrNull(String column) {
    return read(() -> result.getObject(index(column), Boolean.class));
  }

  public Instant instant(String column) {
    return required(column, instantOrNull(column));
  }

  public @Nullable Instant instantOrNull(String column) {
    OffsetDateTime time = read(() -> result.getObject(index(column), OffsetDateTime.class));
    return time == null ? null : time.toInstant();
  }

  public byte @Nullable [] bytesOrNull(String column) {
    return read(() -> result.getBytes(index(column)));
  }

  private interface Reading<T> {
    @Nullable T read() throws SQLException;
  }

  private static <T> @Nullable T read(Reading<T> reading) {
    try {
      return reading.read();
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  private static <T> T required(String column, @Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("column " + column + " is null");
    }
    return value;
  }
}
