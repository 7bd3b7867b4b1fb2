package dev.winnow.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A second JVM that opens the database, says so, and closes it when its input ends. */
final class OtherProcess {

  private final Process process;
  private final BufferedReader output;

  private OtherProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  static OtherProcess start(Path dataDirectory) throws IOException {
    return new OtherProcess(
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:CompileThresholdScaling=8",
                    "-cp",
                    System.getProperty("java.class.path"),
                    OtherProcess.class.getName(),
                    dataDirectory.toString()))
            .redirectErrorStream(true)
            .start());
  }

  void awaitOpen() throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line; (line = output.readLine()) != null; ) {
      if (line.equals("open")) {
        return;
      }
      said.append(line).append('\n');
    }
    throw new AssertionError("the other process ended: " + said);
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void finish() throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
  }

  public static void main(String[] arguments) throws IOException {
    try (Database database = Database.open(Path.of(arguments[0]), Optional.empty(), line -> {})) {
      database.update("create table if not exists mark (process bigint)");
      database.update("insert into mark values (?)", ProcessHandle.current().pid());
      System.out.println("open");
      var _ = new InputStreamReader(System.in, StandardCharsets.UTF_8).read();
    }
  }
}
