package dev.winnow.store;

import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes connections to the database that the user chose. */
sealed interface ConnectionSource extends AutoCloseable {

  Connection connect() throws SQLException;

  /**
   * A connection for transactions. The server ends one whose owner leaves it idle: a process that
   * is frozen in the middle would keep its locks, and nobody could take its runs over.
   */
  default Connection connectForWork() throws SQLException {
    return connect("set idle_in_transaction_session_timeout = '3s'");
  }

  /**
   * A connection for {@link BulkWrite}s. They find single rows by their keys, which the planner
   * cannot know of arrays that it has not seen; planned anew each time, they would take a
   * millisecond. They do not wait long for rows that somebody has locked: others wait for them.
   */
  default Connection connectForBulks() throws SQLException {
    return connect(
        """
        set plan_cache_mode = force_generic_plan;
        set enable_seqscan = off;
        set enable_hashjoin = off;
        set enable_mergejoin = off;
        set lock_timeout = '250ms'
        """);
  }

  private Connection connect(String settings) throws SQLException {
    Connection connection = connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute(settings);
      return connection;
    } catch (SQLException e) {
      IdleConnections.close(connection);
      throw e;
    }
  }

  /** For messages; without the password. */
  String description();

  @Override
  void close();

  static ConnectionSource of(Path dataDirectory, Optional<String> url, Consumer<String> progress) {
    return url.isPresent()
        ? External.parse(url.get())
        : new Embedded(
            EmbeddedPostgres.use(dataDirectory.resolve("pg")), "postgres", dataDirectory, progress);
  }

  /** Starts its server when it is not there, or not any more. */
  record Embedded(
      EmbeddedPostgres server, String database, Path dataDirectory, Consumer<String> progress)
      implements ConnectionSource {

    @Override
    public Connection connect() throws SQLException {
      try {
        return server.connect(database, common());
      } catch (SQLException e) {
        // a refused password (28...) is explained there
        if (!new SqlFailure(e).isConnectionLoss() && !new SqlFailure(e).state().startsWith("28")) {
          throw e;
        }
        server.ensureRunning(progress);
        return server.connect(database, common());
      }
    }

    @Override
    public String description() {
      return "embedded PostgreSQL in " + dataDirectory;
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** A server that somebody else runs. */
  record External(String jdbcUrl, Properties properties, String description)
      implements ConnectionSource {

    private static final Pattern URL =
        Pattern.compile(
            "(?:jdbc:)?postgres(?:ql)?:"
                + "(?://(?:(?<user>[^:/?#@\\s]*)(?::(?<password>[^/?#@\\s]*))?@)?"
                + "(?<hosts>[A-Za-z0-9._,:\\[\\]-]*))?"
                + "/?(?<database>[^/?#\\s]*)(?:\\?(?<parameters>[^#\\s]*))?",
            Pattern.CASE_INSENSITIVE);

    static External parse(String url) {
      Matcher matcher = URL.matcher(url.strip());
      if (!matcher.matches()) {
        throw malformed();
      }
      try {
        return of(matcher);
      } catch (IllegalArgumentException e) {
        throw malformed(); // without the cause: it quotes what is wrong, maybe the password
      }
    }

    private static External of(Matcher url) {
      Properties properties = common();
      properties.setProperty("tcpKeepAlive", "true");
      String hosts = part(url, "hosts").orElse("localhost");
      String server = hosts;
      for (String parameter : part(url, "parameters").orElse("").split("&", -1)) {
        String[] pair = parameter.split("=", 2);
        if (pair.length < 2) {
          continue;
        }
        String value = decode(pair[1]);
        if (pair[0].equals("host") && value.startsWith("/")) {
          server =
              value
                  + "/.s.PGSQL."
                  + (hosts.matches(".*:\\d+") ? hosts.replaceFirst(".*:", "") : "5432");
          properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
          properties.setProperty("socketFactoryArg", server);
          properties.setProperty("sslmode", "disable");
        } else {
          properties.setProperty(pair[0], value);
        }
      }
      part(url, "user").ifPresent(user -> properties.setProperty("user", decode(user)));
      part(url, "password")
          .ifPresent(password -> properties.setProperty("password", decode(password)));
      String database =
          part(url, "database")
              .map(External::decode)
              .orElse(properties.getProperty("user", "postgres"));
      properties.setProperty("PGDBNAME", database);
      return new External(
          "jdbc:postgresql://" + hosts + "/",
          properties,
          "PostgreSQL database %s on %s".formatted(database, server));
    }

    private static Optional<String> part(Matcher url, String name) {
      return Optional.ofNullable(url.group(name)).filter(part -> !part.isEmpty());
    }

    private static String decode(String text) {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static WinnowException malformed() {
      return new WinnowException(
          Category.SETTINGS,
          "DATABASE_URL is not a PostgreSQL URL: write postgres://user:password@host:5432/database,"
              + " special characters in the password percent-encoded.");
    }

    @Override
    public Connection connect() throws SQLException {
      @Nullable Connection connection = new org.postgresql.Driver().connect(jdbcUrl, properties);
      if (connection == null) {
        throw malformed();
      }
      return connection;
    }

    @Override
    public String toString() {
      return description; // a record would print the password
    }

    @Override
    public void close() {
      // the server is not ours
    }
  }

  private static Properties common() {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "winnow");
    // older ones are refused (Migrations); without it the driver asks and sets in statements of
    // their own
    properties.setProperty("assumeMinServerVersion", "13");
    // statements are few, and each is sent again and again: kept by the server from the first time
    properties.setProperty("prepareThreshold", "1");
    return properties;
  }
}
