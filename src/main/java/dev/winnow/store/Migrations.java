package dev.winnow.store;

import dev.winnow.WinnowException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Brings the schema up to date, if there is something to do. */
final class Migrations {

  /** The newest file in {@code db/migration}; a test compares. */
  static final int NEWEST = 12;

  private Migrations() {}

  static void apply(ConnectionSource source, Connection connection) throws SQLException {
    int version = versionOf(connection);
    if (version > NEWEST) {
      throw WinnowException.infrastructure(
          "The database was written by a newer Winnow (schema %d, this one knows %d): update Winnow."
              .formatted(version, NEWEST),
          null);
    }
    if (version < NEWEST) {
      UpdateSchema.apply(source, Optional.empty(), "latest");
    }
  }

  private static int versionOf(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet result =
          statement.executeQuery(
              "select current_setting('server_version_num')::int, current_setting('server_encoding'),"
                  + " to_regclass('flyway_schema_history') is not null")) {
        result.next();
        if (result.getInt(1) < 130_000 || !result.getString(2).equals("UTF8")) {
          throw WinnowException.infrastructure(
              "The database must be PostgreSQL 13 or later with encoding UTF8, not %d with %s."
                  .formatted(result.getInt(1) / 10_000, result.getString(2)),
              null);
        }
        if (!result.getBoolean(3)) {
          return 0;
        }
      }
      try (ResultSet result =
          statement.executeQuery(
              "select coalesce(max(version::int), 0) from flyway_schema_history where success")) {
        result.next();
        return result.getInt(1);
      }
    }
  }
}
