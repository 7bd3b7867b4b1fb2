package dev.winnow.evidence.runner;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry of npm packages on the loopback address that knows one package: a small mocha. */
final class PackageRegistry implements AutoCloseable {

  private final HttpServer server;
  private final byte[] archive;

  /** How often the package itself was downloaded. */
  final AtomicInteger downloads = new AtomicInteger();

  PackageRegistry(Path directory) {
    try {
      Path content = Files.createDirectories(directory.resolve("package"));
      Files.copy(
          Path.of("src/test/resources/fixtures/npm/stand-in/mocha.js"),
          content.resolve("mocha.js"));
      Files.writeString(
          content.resolve("package.json"),
          "{\"name\":\"mocha\",\"version\":\"10.0.0\",\"bin\":{\"mocha\":\"mocha.js\"},"
              + "\"scripts\":{\"postinstall\":\"touch /tmp/scripts-ran; exit 1\"}}");
      Path file = directory.resolve("mocha.tgz");
      int exit =
          new ProcessBuilder("tar", "-czf", file.toString(), "package")
              .directory(directory.toFile())
              .inheritIO()
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IllegalStateException("tar failed");
      }
      archive = Files.readAllBytes(file);
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::answer);
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body =
          switch (path) {
            case "/mocha" -> description().getBytes(StandardCharsets.UTF_8);
            case "/mocha.tgz" -> archive;
            default -> new byte[0];
          };
      if (path.equals("/mocha.tgz")) {
        downloads.incrementAndGet();
      }
      exchange.sendResponseHeaders(
          body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private String description() {
    return "{\"name\":\"mocha\",\"dist-tags\":{\"latest\":\"10.0.0\"},\"versions\":{\"10.0.0\":"
        + "{\"name\":\"mocha\",\"version\":\"10.0.0\",\"bin\":{\"mocha\":\"mocha.js\"},\"dist\":{"
        + "\"tarball\":\""
        + url()
        + "mocha.tgz\",\"integrity\":\""
        + integrity()
        + "\"}}}}";
  }

  private String integrity() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-512").digest(archive);
      return "sha512-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
