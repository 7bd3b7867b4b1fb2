package dev.winnow.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Everything in a repository that a run must not change: each file, tracked or not, and all of
 * {@code .git} but objects and Winnow's own branches. Hash by path.
 */
record RepositoryState(Map<String, String> files) {

  private static final List<String> ALLOWED =
      List.of(".git/objects/", ".git/refs/heads/winnow/", ".git/logs/refs/heads/winnow/");

  static RepositoryState of(Path repository) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(repository)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        String name = repository.relativize(path).toString();
        if (ALLOWED.stream().noneMatch(name::startsWith)) {
          files.put(name, hash(Files.readAllBytes(path)));
        }
      }
    }
    return new RepositoryState(files);
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What git prints in this directory, without the last newline. */
  static String git(Path directory, String... args) {
    List<String> argv =
        new ArrayList<>(List.of("git", "-c", "user.name=T", "-c", "user.email=t@t"));
    argv.addAll(List.of(args));
    try {
      Process process =
          new ProcessBuilder(argv).directory(directory.toFile()).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", args) + ": " + said);
      }
      return said.strip();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
