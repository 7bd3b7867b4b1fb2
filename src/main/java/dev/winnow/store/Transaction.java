package dev.winnow.store;

import dev.winnow.telemetry.Redact;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/**
 * The statements of one transaction. Arguments may be null, String, UUID, Integer, Long, Boolean,
 * byte[], Instant, enums (by name), {@link Jsonb}, and collections of strings (for {@code = any
 * (?)}). U+0000, which PostgreSQL has no text for, becomes U+2400. All text goes through {@link
 * Redact}: no secret that is known gets into the database, whatever the statement.
 */
public final class Transaction {

  private final Connection connection;

  Transaction(Connection connection) {
    this.connection = connection;
  }

  /** The rows of a query, or of a statement with a {@code returning} clause. */
  public <T> List<T> query(String sql, Function<Row, T> mapper, @Nullable Object... arguments) {
    try (PreparedStatement statement = prepare(sql, arguments);
        ResultSet result = statement.executeQuery()) {
      List<T> rows = new ArrayList<>();
      Row row = new Row(result);
      while (result.next()) {
        rows.add(mapper.apply(row));
      }
      return rows;
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  /** The first row of a query, if there is one. */
  public <T> Optional<T> queryOne(
      String sql, Function<Row, T> mapper, @Nullable Object... arguments) {
    return query(sql, mapper, arguments).stream().findFirst();
  }

  /** Returns how many rows were changed. */
  public int update(String sql, @Nullable Object... arguments) {
    try (PreparedStatement statement = prepare(sql, arguments)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  /**
   * The same statement with many arguments, sent at once.
   *
   * @return how many rows each of them changed
   */
  int[] updateAll(String sql, List<@Nullable Object[]> all) {
    if (all.size() == 1) {
      return new int[] {update(sql, all.getFirst())};
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (@Nullable Object[] arguments : all) {
        bind(statement, arguments);
        statement.addBatch();
      }
      return statement.executeBatch();
    } catch (BatchUpdateException e) {
      throw new SqlFailure(e.getNextException() == null ? e : e.getNextException());
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  private PreparedStatement prepare(String sql, @Nullable Object[] arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      bind(statement, arguments);
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private void bind(PreparedStatement statement, @Nullable Object[] arguments) throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      bind(statement, i + 1, arguments[i]);
    }
  }

  private static Object[] clean(Collection<?> texts) {
    return texts.stream().map(text -> text instanceof String s ? Redact.text(s) : text).toArray();
  }

  private void bind(PreparedStatement statement, int index, @Nullable Object argument)
      throws SQLException {
    switch (argument) {
      case null -> statement.setNull(index, Types.NULL);
      case String text -> statement.setString(index, Redact.text(text.replace('\0', '\u2400')));
      case Instant instant -> statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
      case Enum<?> constant -> statement.setString(index, constant.name());
      case Collection<?> texts ->
          statement.setArray(index, connection.createArrayOf("text", clean(texts)));
      case Jsonb(String json) -> {
        PGobject value = new PGobject();
        value.setType("jsonb");
        value.setValue(Redact.json(json));
        statement.setObject(index, value);
      }
      default -> statement.setObject(index, argument);
    }
  }
}
