package dev.winnow.store;

import dev.winnow.WinnowException;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Runs the files in {@code db/migration}. Apart from {@link Migrations}, which mostly finds nothing
 * to do: Flyway is slow to load, and commands that only look do without its libraries.
 */
final class UpdateSchema {

  private UpdateSchema() {}

  /**
   * Two processes may do this at once: Flyway's own lock in the database lets one go first.
   *
   * @param schema where; the connection's usual schema if not given
   * @param target the newest version to bring it to, or {@code latest}
   * @throws WinnowException that says what the database refused
   */
  static void apply(ConnectionSource source, Optional<String> schema, String target) {
    FluentConfiguration flyway =
        Flyway.configure()
            .dataSource(new PooledSource(source))
            .locations("classpath:db/migration")
            .target(target);
    schema.ifPresent(name -> flyway.schemas(name).defaultSchema(name));
    try {
      flyway.load().migrate();
    } catch (FlywayException e) {
      throw WinnowException.infrastructure(
          "The schema of the database cannot be updated: "
              + String.valueOf(e.getMessage())
                  .lines()
                  .filter(l -> !l.isBlank())
                  .findFirst()
                  .orElse(""),
          e);
    }
  }
}
