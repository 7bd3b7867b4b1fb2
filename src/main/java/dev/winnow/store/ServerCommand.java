package dev.winnow.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs one of PostgreSQL's programs as the right user, with none of our environment. */
record ServerCommand(Path home, ServiceUser user) {

  record Result(int exitCode, String output) {}

  Result run(String... command) throws IOException {
    // a file, not a pipe: the server inherits it, and reading a pipe to its end would wait for it
    Path output = Files.createTempFile(home, TemporaryFiles.PREFIX, ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(user.command(List.of(command)))
              .directory(home.toFile()) // the other user may not be able to enter ours
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().clear(); // the server must not carry our keys
      builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
      builder.environment().put("LC_ALL", "C");
      int exitCode = waitFor(builder.start());
      return new Result(
          exitCode, Files.readString(output, java.nio.charset.StandardCharsets.ISO_8859_1));
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static int waitFor(Process process) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
