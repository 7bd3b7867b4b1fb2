package dev.winnow.evidence.runner;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.winnow.Ids;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Offers the user's local Maven repository to the resolution of dependencies, before the network.
 * Over loopback, because the sandbox's user cannot read the user's home; read-only, and under a
 * path that nobody guesses.
 */
final class ServeLocalRepository implements AutoCloseable {

  private static final String SETTINGS =
      """
      <settings>
        <mirrors><mirror><id>maven-default-http-blocker</id><mirrorOf>external:http:*</mirrorOf>
          <url>http://0.0.0.0/</url><blocked>true</blocked></mirror></mirrors>
        <profiles><profile><id>winnow</id>
          <repositories><repository><id>winnow-local</id><url>@URL@</url>
            <releases><checksumPolicy>ignore</checksumPolicy></releases>
            <snapshots><enabled>false</enabled></snapshots></repository></repositories>
          <pluginRepositories><pluginRepository><id>winnow-local</id><url>@URL@</url>
            <releases><checksumPolicy>ignore</checksumPolicy></releases>
            <snapshots><enabled>false</enabled></snapshots></pluginRepository></pluginRepositories>
        </profile></profiles>
        <activeProfiles><activeProfile>winnow</activeProfile></activeProfiles>
      </settings>
      """;

  private final List<String> options = new ArrayList<>();
  private final @Nullable HttpServer server;

  private ServeLocalRepository(@Nullable HttpServer server) {
    this.server = server;
  }

  /**
   * Starts serving {@code ~/.m2/repository} if there is one.
   *
   * @param directory where the settings for Maven are written
   */
  static ServeLocalRepository ofUser(Path directory) {
    Path home = Path.of(System.getProperty("user.home", "/nonexistent"), ".m2");
    return of(home, directory, true);
  }

  /** The same without the user's own settings, for a command that may be any program. */
  static ServeLocalRepository withoutCredentials(Path directory) {
    Path home = Path.of(System.getProperty("user.home", "/nonexistent"), ".m2");
    return of(home, directory, false);
  }

  static ServeLocalRepository of(Path home, Path directory, boolean credentials) {
    Path repository = home.resolve("repository");
    try {
      ServeLocalRepository served;
      if (Files.isDirectory(repository)) {
        Path root = repository.toRealPath();
        String token = "/" + Ids.next() + "/";
        HttpServer server =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(token, exchange -> serve(root, token, exchange));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        served = new ServeLocalRepository(server);
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + token;
        served.use("-gs", directory.resolve("winnow-settings.xml"), SETTINGS.replace("@URL@", url));
      } else {
        served = new ServeLocalRepository(null);
      }
      Path settings = home.resolve("settings.xml");
      if (credentials && Files.isRegularFile(settings)) {
        // mirrors and credentials of the user: for resolving the base only, never for a candidate
        served.use("-s", directory.resolve("user-settings.xml"), Files.readString(settings));
      }
      return served;
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "the local Maven repository cannot be offered: " + e.getMessage(), e);
    }
  }

  private void use(String option, Path file, String content) throws IOException {
    Files.writeString(file, content);
    options.add(option);
    options.add(file.toString());
  }

  /**
   * A home directory for a Maven whose command line is not Winnow's: with the user's settings, or
   * without any with the local repository.
   */
  Path home(Path directory) {
    try {
      Path home = directory.resolve("maven-home");
      Path settings = home.resolve(".m2").resolve("settings.xml");
      Files.createDirectories(settings.getParent());
      if (!options.isEmpty()) {
        Files.copy(Path.of(options.getLast()), settings);
      }
      return home;
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "the settings of Maven cannot be offered: " + e.getMessage(), e);
    }
  }

  /** Options for Maven. */
  List<String> options() {
    return List.copyOf(options);
  }

  private static void serve(Path root, String token, HttpExchange exchange) throws IOException {
    try (exchange) {
      Path file = root.resolve(exchange.getRequestURI().getPath().substring(token.length()));
      boolean get = exchange.getRequestMethod().equals("GET");
      if (!file.normalize().startsWith(root)
          || !Files.isRegularFile(file)
          || !file.toRealPath().startsWith(root)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      long size = Files.size(file);
      exchange.sendResponseHeaders(200, get && size > 0 ? size : -1);
      if (get && size > 0) {
        try (OutputStream out = exchange.getResponseBody()) {
          Files.copy(file, out);
        }
      }
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop(0);
    }
  }
}
