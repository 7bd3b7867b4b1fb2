package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The program in a process of its own, which can be killed, and as the leader of a process group,
 * which gets signals as from a terminal.
 */
final class ChildWinnow implements AutoCloseable {

  private final Process process;
  private final BufferedReader out;
  private final List<JsonNode> lines = new ArrayList<>();

  private ChildWinnow(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  static ChildWinnow start(TestCommandLine setting, String... args) throws IOException {
    return start(setting, Map.of(), args);
  }

  static ChildWinnow start(TestCommandLine setting, Map<String, String> more, String... args)
      throws IOException {
    return start(setting, List.of("setsid"), more, args);
  }

  /** What it says to people, and its log, go to a file. */
  static ChildWinnow startWithErrorsTo(
      Path file, TestCommandLine setting, Map<String, String> more, String... args)
      throws IOException {
    return start(setting, List.of("setsid"), more, ProcessBuilder.Redirect.to(file.toFile()), args);
  }

  /** As on a full disk: no file of it, and of what it starts, can be larger. */
  static ChildWinnow startWithFilesUpTo(int bytes, TestCommandLine setting, String... args)
      throws IOException {
    return start(setting, List.of("setsid", "prlimit", "--fsize=" + bytes + ":"), Map.of(), args);
  }

  private static ChildWinnow start(
      TestCommandLine setting, List<String> prefix, Map<String, String> more, String... args)
      throws IOException {
    return start(setting, prefix, more, ProcessBuilder.Redirect.DISCARD, args);
  }

  private static ChildWinnow start(
      TestCommandLine setting,
      List<String> prefix,
      Map<String, String> more,
      ProcessBuilder.Redirect errors,
      String... args)
      throws IOException {
    List<String> argv = new ArrayList<>(prefix);
    argv.addAll(ChildClasses.java());
    argv.addAll(ChildClasses.options());
    argv.add(Main.class.getName());
    argv.addAll(List.of(args));
    Files.createDirectories(setting.data());
    ProcessBuilder builder = new ProcessBuilder(argv).directory(setting.data().toFile());
    builder.environment().remove("DATABASE_URL");
    builder.environment().putAll(setting.environment());
    builder.environment().putAll(more);
    builder.redirectError(errors);
    return new ChildWinnow(builder.start());
  }

  /** Reads events up to the first that fits. */
  JsonNode await(Predicate<JsonNode> wanted) throws IOException {
    while (true) {
      JsonNode line = next();
      if (line == null) {
        throw new AssertionError("it ended before that: " + lines);
      }
      if (wanted.test(line)) {
        return line;
      }
    }
  }

  JsonNode awaitPhase(String phase) throws IOException {
    return await(line -> line.path("phase").asText().equals(phase));
  }

  private @Nullable JsonNode next() throws IOException {
    String line = out.readLine();
    if (line == null) {
      return null;
    }
    JsonNode read = Json.read(line, JsonNode.class);
    lines.add(read);
    return read;
  }

  /** Like Ctrl-C in a terminal: the signal goes to every process of the group. */
  void signalGroup(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, "--", "-" + process.pid()).start().waitFor();
  }

  /** Like {@code docker stop}. */
  void terminate() {
    process.toHandle().destroy(); // destroy() of the process would close its output
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Reads to the end; the exit code. */
  int finish() throws IOException, InterruptedException {
    JsonNode line = next();
    while (line != null) {
      line = next();
    }
    return process.waitFor();
  }

  JsonNode last() {
    return lines.getLast();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
