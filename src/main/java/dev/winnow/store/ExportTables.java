package dev.winnow.store;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** Writes all of Winnow's tables, as they are at one moment, while others go on working. */
public final class ExportTables {

  /** Winnow's tables, parents before children; a shared database may have others. */
  static final List<String> ALL =
      List.of(
          "spec",
          "run",
          "candidate",
          "step",
          "event",
          "budget",
          "ledger",
          "checkpoint",
          "trace",
          "span",
          "node",
          "scheduled_tasks",
          "object_pack",
          "object_chunk",
          "account",
          "credential",
          "audit",
          "idempotency",
          "webhook",
          "webhook_delivery",
          "conversation",
          "conversation_turn");

  private ExportTables() {}

  /** What the caller may add to the archive while the moment is held. */
  public interface More {
    void write(WriteArchive archive) throws IOException;
  }

  static String part(String table) {
    return "tables/" + table + ".copy";
  }

  /**
   * Writes the tables, then what {@code more} adds, then the manifest.
   *
   * @param winnow this program's version, for the manifest
   */
  public static Manifest write(Database database, WriteArchive archive, String winnow, More more) {
    try (Connection connection = database.connectAlone()) {
      return write(connection, archive, winnow, more);
    } catch (SQLException e) {
      throw database.explain(e);
    } catch (IOException e) {
      throw archive.failed(e);
    }
  }

  static Manifest write(Connection connection, WriteArchive archive, String winnow, More more)
      throws SQLException, IOException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set transaction isolation level repeatable read read only");
      String postgres = one(statement, "select current_setting('server_version')");
      int schema =
          Integer.parseInt(
              one(
                  statement,
                  "select coalesce(max(version::int), 0) from flyway_schema_history where success"));
      List<Manifest.Table> tables = new ArrayList<>();
      for (String table : ALL) {
        List<String> columns = columns(connection, "current_schema()", table);
        if (!columns.isEmpty()) { // an older schema does not have all of them
          tables.add(table(connection, archive, table, columns));
        }
      }
      // after the snapshot: what its rows refer to is there
      more.write(archive);
      connection.rollback();
      return archive.finish(parts ->
          new Manifest(
              Manifest.FORMAT, schema, winnow, postgres, java.time.Instant.now(), tables, parts));
    }
  }

  private static Manifest.Table table(
      Connection connection, WriteArchive archive, String table, List<String> columns)
      throws SQLException, IOException {
    try (OutputStream out = archive.entry(part(table))) {
      long rows =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("copy %s (%s) to stdout".formatted(table, list(columns)), out);
      return new Manifest.Table(table, columns, rows);
    }
  }

  /** Empty when there is no such table. */
  static List<String> columns(Connection connection, String schema, String table)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            select a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
              join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = %s and c.relname = ? and a.attnum > 0 and not a.attisdropped
              and a.attgenerated = ''
            order by a.attnum
            """
                .formatted(schema))) {
      statement.setString(1, table);
      List<String> columns = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          columns.add(result.getString(1));
        }
      }
      return columns;
    }
  }

  static String list(List<String> columns) {
    return columns.stream().map(c -> "\"" + c + "\"").collect(Collectors.joining(", "));
  }

  private static String one(Statement statement, String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return String.valueOf(result.getString(1));
    }
  }
}
