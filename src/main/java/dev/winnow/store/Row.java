package dev.winnow.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The current row of a result; valid only inside its mapper. */
public final class Row {

  private final ResultSet result;

  Row(ResultSet result) {
    this.result = result;
  }

  public String text(String column) {
    return required(column, textOrNull(column));
  }

  /** Also for {@code jsonb} columns: their JSON text. */
  public @Nullable String textOrNull(String column) {
    return read(() -> result.getString(column));
  }

  public Optional<String> optionalText(String column) {
    return Optional.ofNullable(textOrNull(column));
  }

  public UUID uuid(String column) {
    return required(column, read(() -> result.getObject(column, UUID.class)));
  }

  public long number(String column) {
    return required(column, read(() -> (Number) result.getObject(column))).longValue();
  }

  public boolean flag(String column) {
    return required(column, flagOrNull(column));
  }

  public @Nullable Boolean flagOrNull(String column) {
    return read(() -> result.getObject(column, Boolean.class));
  }

  public Instant instant(String column) {
    return required(column, instantOrNull(column));
  }

  public @Nullable Instant instantOrNull(String column) {
    OffsetDateTime time = read(() -> result.getObject(column, OffsetDateTime.class));
    return time == null ? null : time.toInstant();
  }

  public byte @Nullable [] bytesOrNull(String column) {
    return read(() -> result.getBytes(column));
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
