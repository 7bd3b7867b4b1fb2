package dev.winnow.store;

import dev.winnow.telemetry.CleanText;
import dev.winnow.telemetry.Redact;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/**
 * The statements of one transaction. Arguments may be null, String, UUID, Integer, Long, Boolean,
 * byte[], Instant, enums (by name), {@link Jsonb}, {@link CleanText}, and collections of strings
 * (for {@code = any (?)}). U+0000, which PostgreSQL has no text for, becomes U+2400. All text goes
 * through {@link Redact}: no secret that is known gets into the database, whatever the statement.
 */
public final class Transaction {

  private final Connection connection;
  private final List<Announcement> announced = new ArrayList<>();

  Transaction(Connection connection) {
    this.connection = connection;
  }

  /** The rows of a query, or of a statement with a {@code returning} clause. */
  public <T> List<T> query(String sql, Function<Row, T> mapper, @Nullable Object... arguments) {
    try (PreparedStatement statement = prepare(sql, arguments);
        ResultSet result = statement.executeQuery()) {
      List<T> rows = new ArrayList<>();
      Row row = new Row(result);
      while (row.next()) {
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

  /** Tells whoever listens on the channel, when this is committed. */
  public void announce(String channel, String payload) {
    announced.add(new Announcement(channel, payload, true));
  }

  List<Announcement> announced() {
    return announced;
  }

  /** One row of a bulk, which may be there already; returns whether it was written. */
  public boolean write(BulkWrite write, @Nullable Object... values) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    rows.add(values);
    return !writeAll(Map.of(write, rows), true).isEmpty();
  }

  /**
   * All rows of all parts in one statement.
   *
   * @param again whether some of them may be there already
   * @return the parts of which every row was written
   */
  Set<BulkWrite> writeAll(Map<BulkWrite, List<@Nullable Object[]>> rows, boolean again) {
    List<BulkWrite> parts = List.copyOf(rows.keySet());
    try (PreparedStatement statement = connection.prepareStatement(BulkWrite.sql(parts, again))) {
      int index = 0;
      for (Map.Entry<BulkWrite, List<@Nullable Object[]>> part : rows.entrySet()) {
        List<String> types = part.getKey().types();
        for (int column = 0; column < types.size(); column++) {
          statement.setArray(++index, column(types.get(column), part.getValue(), column));
        }
      }
      Set<BulkWrite> whole = new HashSet<>();
      try (ResultSet counts = statement.executeQuery()) {
        boolean _ = counts.next();
        index = 0;
        for (Map.Entry<BulkWrite, List<@Nullable Object[]>> part : rows.entrySet()) {
          if (counts.getInt(++index) == part.getValue().size()) {
            whole.add(part.getKey());
          }
        }
      }
      return whole;
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  private Array column(String type, List<@Nullable Object[]> rows, int column) throws SQLException {
    // the driver sends arrays of these types in binary form
    @Nullable Object[] values =
        switch (type) {
          case "text" -> new String[rows.size()];
          case "int8" -> new Long[rows.size()];
          case "int4" -> new Integer[rows.size()];
          case "bool" -> new Boolean[rows.size()];
          case "bytea" -> new byte[rows.size()][];
          default -> new Object[rows.size()];
        };
    for (int i = 0; i < values.length; i++) {
      values[i] = plain(rows.get(i)[column]);
    }
    return connection.createArrayOf(type, values);
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case String text -> clean(text);
      case CleanText clean -> clean.text();
      case Jsonb json -> json.text();
      case null, default -> value;
    };
  }

  private static String clean(String text) {
    return Redact.text(text.replace('\0', '\u2400'));
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
    if (argument instanceof Number) {
      // most are, and the first switch over types costs a short command milliseconds
      statement.setObject(index, argument);
      return;
    }
    switch (argument) {
      case null -> statement.setNull(index, Types.NULL);
      case String text -> statement.setString(index, clean(text));
      case Instant instant -> statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
      case Enum<?> constant -> statement.setString(index, constant.name());
      case Collection<?> texts ->
          statement.setArray(index, connection.createArrayOf("text", clean(texts)));
      case CleanText clean -> statement.setString(index, clean.text());
      case Jsonb json -> {
        PGobject value = new PGobject();
        value.setType("jsonb");
        value.setValue(json.text());
        statement.setObject(index, value);
      }
      default -> statement.setObject(index, argument);
    }
  }
}
