package dev.winnow.store;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Reads an export into the database, all of it in one transaction. An export of an older schema is
 * read into a schema of its own first, and brought up to date there by the same migrations as any
 * other database.
 */
public final class ImportTables {

  private static final String ASIDE = "winnow_import";

  private final Database database;
  private final ReadArchive archive;
  private final Manifest manifest;

  private ImportTables(Database database, ReadArchive archive) {
    this.database = database;
    this.archive = archive;
    this.manifest = archive.manifest();
  }

  /** What has to be there before the rows become visible. */
  public interface Before {
    void run() throws IOException;
  }

  /**
   * Imports everything, or nothing.
   *
   * @param replace whether what the database holds now is deleted
   * @param before runs last before the commit
   * @throws WinnowException of category USAGE when the database is not empty, or the file is of a
   *     newer Winnow
   */
  public static void read(Database database, ReadArchive archive, boolean replace, Before before) {
    new ImportTables(database, archive).run(replace, before);
  }

  private void run(boolean replace, Before before) {
    if (manifest.schema() > Migrations.NEWEST || manifest.schema() < 1) {
      throw WinnowException.usage(
          "The export was written by a newer Winnow (schema %d, this one knows %d): update Winnow."
              .formatted(manifest.schema(), Migrations.NEWEST));
    }
    boolean older = manifest.schema() < Migrations.NEWEST;
    try (Connection connection = database.connectAlone()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        prepare(statement, replace);
        if (older) {
          readAside(connection, statement);
        } else {
          copy(connection, "current_schema()", "");
        }
        before.run();
        connection.commit();
      } finally {
        connection.rollback();
        if (older) {
          dropAside();
        }
      }
    } catch (SQLException e) {
      throw e.getSQLState() != null && e.getSQLState().matches("22.*|23.*")
          ? archive.damaged(String.valueOf(e.getMessage()).lines().findFirst().orElse(""))
          : database.explain(e);
    } catch (IOException e) {
      throw archive.damaged(String.valueOf(e.getMessage()));
    }
  }

  private static void prepare(Statement statement, boolean replace) throws SQLException {
    // two imports at once: the second one waits here, and then sees the rows of the first
    statement.execute("lock table " + String.join(", ", ExportTables.ALL) + " in exclusive mode");
    if (replace) {
      statement.execute("truncate " + String.join(", ", ExportTables.ALL));
      return;
    }
    try (ResultSet result = statement.executeQuery("select count(*) from run")) {
      result.next();
      if (result.getLong(1) > 0) {
        throw WinnowException.usage(
            "The database has %d runs already: import into an empty one, or give --replace to delete them."
                .formatted(result.getLong(1)));
      }
    }
    statement.execute("truncate " + String.join(", ", ExportTables.ALL)); // nodes that wait
  }

  /** Fills the tables of a schema from the archive. */
  private void copy(Connection connection, String schema, String prefix)
      throws SQLException, IOException {
    CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
    for (Manifest.Table table : manifest.tables()) {
      Set<String> known = new HashSet<>(ExportTables.columns(connection, schema, table.name()));
      if (!ExportTables.ALL.contains(table.name()) || !known.containsAll(table.columns())) {
        throw archive.damaged("its table " + table.name() + " is not one of Winnow's");
      }
      try (InputStream in = archive.part(ExportTables.part(table.name()))) {
        long rows =
            copies.copyIn(
                "copy %s%s (%s) from stdin"
                    .formatted(prefix, table.name(), ExportTables.list(table.columns())),
                in);
        if (rows != table.rows()) {
          throw archive.damaged(
              "%s has %d rows, not %d".formatted(table.name(), rows, table.rows()));
        }
      }
    }
  }

  private void readAside(Connection target, Statement statement) throws SQLException, IOException {
    dropAside();
    migrate(String.valueOf(manifest.schema()));
    try (Connection connection = database.connectAlone()) {
      connection.setAutoCommit(false);
      copy(connection, "'" + ASIDE + "'", ASIDE + ".");
      connection.commit();
    }
    migrate("latest");
    for (String table : ExportTables.ALL) {
      String columns = ExportTables.list(ExportTables.columns(target, "current_schema()", table));
      statement.execute(
          "insert into %s (%s) select %s from %s.%s"
              .formatted(table, columns, columns, ASIDE, table));
    }
  }

  private void migrate(String target) {
    UpdateSchema.apply(database.source(), Optional.of(ASIDE), target);
  }

  /** On a connection of its own: the import's transaction must not hold it. */
  private void dropAside() throws SQLException {
    try (Connection connection = database.connectAlone();
        Statement statement = connection.createStatement()) {
      statement.execute("drop schema if exists " + ASIDE + " cascade");
    }
  }
}
