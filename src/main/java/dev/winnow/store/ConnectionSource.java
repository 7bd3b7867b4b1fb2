package dev.winnow.store;

import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes connections to the database that the user chose. */
sealed interface ConnectionSource extends AutoCloseable {

  Connection connect() throws SQLException;

  /** For messages; without the password. */
  String description();

  @Override
  void close();

  static ConnectionSource of(Path dataDirectory, Optional<String> url, Consumer<String> progress) {
    return url.isPresent()
        ? External.parse(url.get())
        : new Embedded(
            EmbeddedPostgres.open(dataDirectory.resolve("pg"), progress),
            "postgres",
            dataDirectory);
  }

  /** Restarts its server when it is gone. */
  record Embedded(EmbeddedPostgres server, String database, Path dataDirectory)
      implements ConnectionSource {

    @Override
    public Connection connect() throws SQLException {
      try {
        return server.connect(database, common());
      } catch (SQLException e) {
        if (!new SqlFailure(e).isConnectionLoss()) {
          throw e;
        }
        server.ensureRunning(line -> {});
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

    static External parse(String url) {
      try {
        URI uri = new URI(url.strip().replaceFirst("^jdbc:", ""));
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("postgres") && !scheme.equals("postgresql")) {
          throw malformed();
        }
        return parse(uri);
      } catch (URISyntaxException | IllegalArgumentException e) {
        throw malformed(); // without the cause: it quotes the URL, and with it the password
      }
    }

    private static External parse(URI uri) {
      Properties properties = common();
      properties.setProperty("tcpKeepAlive", "true");
      String socketDirectory = null;
      for (String parameter : String.valueOf(uri.getRawQuery()).split("&", -1)) {
        String[] pair = parameter.split("=", 2);
        if (pair.length == 2) {
          String value = decode(pair[1]);
          if (pair[0].equals("host") && value.startsWith("/")) {
            socketDirectory = value;
          } else {
            properties.setProperty(pair[0], value);
          }
        }
      }
      String login = uri.getRawUserInfo();
      if (login != null) {
        String[] parts = login.split(":", 2);
        properties.setProperty("user", decode(parts[0]));
        if (parts.length == 2) {
          properties.setProperty("password", decode(parts[1]));
        }
      }
      if (uri.getHost() == null && uri.getRawAuthority() != null && login == null) {
        throw malformed(); // such as two hosts, or a space
      }
      int port = uri.getPort() < 0 ? 5432 : uri.getPort();
      if (socketDirectory != null) {
        properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
        properties.setProperty("socketFactoryArg", socketDirectory + "/.s.PGSQL." + port);
        properties.setProperty("sslmode", "disable");
      }
      String host = uri.getHost() == null ? "localhost" : uri.getHost();
      String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("^/", "");
      String database = path.isEmpty() ? properties.getProperty("user", "postgres") : decode(path);
      properties.setProperty("PGDBNAME", database);
      return new External(
          "jdbc:postgresql://%s:%d/".formatted(host, port),
          properties,
          "PostgreSQL database %s on %s:%d"
              .formatted(database, socketDirectory == null ? host : socketDirectory, port));
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
    return properties;
  }
}
