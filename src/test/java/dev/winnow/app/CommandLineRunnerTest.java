package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineRunnerTest {

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String stdin, String... args) {
    return new CommandLineRunner(context(stdin)).run(args);
  }

  private CommandLineRunner.Context context(String stdin) {
    Console console =
        new Console(
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.ISO_8859_1)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            true);
    Interrupts interrupts = new Interrupts();
    interrupts.finished(); // or the end of this JVM would wait for the command
    return new CommandLineRunner.Context(
        console,
        interrupts,
        Map.of("HOME", directory.toString(), "WINNOW_DATA_DIR", directory.resolve("d").toString()),
        directory);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void withoutACommandHelpGoesToStderr() {
    assertThat(run("")).isEqualTo(2);
    assertThat(err()).contains("demo").contains("doctor").contains("Exit codes:");
    assertThat(out()).isEmpty();
  }

  @Test
  void helpIsAResult() {
    assertThat(run("", "run", "--help")).isZero();
    assertThat(out()).contains("--include-uncommitted").contains("--tester");
    assertThat(out()).contains("--budget").contains("--approve");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run --unknown",
        "run --task",
        "run --task a --max-time soon",
        "run --task a --apply merge",
        "run --task a --task b",
        "runs show",
        "runs list --limit many",
        "nonsense",
      })
  void wrongUseIsOneLineAndAHint(String line) {
    assertThat(run("", line.split(" "))).isEqualTo(2);
    assertThat(err()).startsWith("winnow: ").contains("\nTry: winnow ").hasLineCount(2);
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run --agents a | no task",
        "run --agents a --task x --task-file y | exclude each other",
        "run --agents a --task-file missing | does not exist",
        "run --agents a --task-file . | is a directory",
        "run --agents a --task x --repo nowhere | is not a directory",
        "run --agents a,,b --task x | empty name",
        "run --task x | no agents",
        "run --agents a --task x --junit r.xml | --junit only goes with",
        "run --agents a --task x --runner maven --test-command t | exclude each other",
        "runs list --limit 0 | --limit must be",
      })
  void wrongInputIsOneLine(String line, String message) {
    assertThat(run("", line.strip().split(" "))).isEqualTo(2);
    assertThat(err()).startsWith("winnow: ").contains(message).hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n ", "\u001b\u0007"})
  void emptyTaskIsRefused(String task) {
    assertThat(run(task, "run", "--agents", "a", "--task-file", "-")).isEqualTo(2);
    assertThat(err()).contains("The task is empty").hasLineCount(1);
  }

  @Test
  void hugeTaskIsRefused() {
    assertThat(run("x".repeat(1 << 20), "run", "--agents", "a", "--task-file", "-")).isEqualTo(2);
    assertThat(err()).contains("1,048,576 characters").hasLineCount(1);
    assertThat(run("x".repeat(9 << 20), "run", "--agents", "a", "--task-file", "-")).isEqualTo(2);
    assertThat(err()).contains("larger than 8 MiB");
  }

  @Test
  void binaryTaskIsRefused() {
    assertThat(run("\u00ff\u00fe", "run", "--agents", "a", "--task-file", "-")).isEqualTo(2);
    assertThat(err()).contains("not UTF-8 text").hasLineCount(1);
  }

  @Test
  void errorsAreObjectsWithJson() {
    assertThat(run("", "run", "--json", "--agents", "a")).isEqualTo(2);
    JsonNode error = Json.read(out().strip(), JsonNode.class);
    assertThat(error.path("type").asText()).isEqualTo("error");
    assertThat(error.path("category").asText()).isEqualTo("usage");
    assertThat(error.path("exitCode").asInt()).isEqualTo(2);
    assertThat(err()).hasLineCount(1);
  }

  @Test
  void wrongSettingsEndWithTwo() throws IOException {
    Files.writeString(directory.resolve("winnow.yaml"), "colour: red\nsandbox: none\n");
    Files.createDirectory(directory.resolve(".git"));
    assertThat(run("", "agents")).isEqualTo(2);
    assertThat(err()).contains("2 settings are wrong").contains("line 1: colour").hasLineCount(3);
  }

  @Test
  void agentsAreListedWithWhatIsWrongWithThem() throws IOException {
    Files.createDirectory(directory.resolve(".git"));
    Files.writeString(
        directory.resolve("winnow.yaml"),
        "agents:\n  codex: {kind: cli, driver: codex}\n  r: {kind: scripted, script: r.json}\n");
    assertThat(run("", "agents")).isZero();
    assertThat(out())
        .contains("codex")
        .contains("the program 'codex' is not on the PATH")
        .contains("not readable");
    out.reset();
    assertThat(run("", "agents", "--json")).isZero();
    assertThat(out().lines().map(l -> Json.read(l, JsonNode.class).path("agent").asText()))
        .containsExactly("codex", "r");
  }

  @Test
  void unexpectedFailureIsOneLineAndALogFile() throws IOException {
    ReportFailure failures = new ReportFailure(context("").console(), false);
    assertThat(failures.report(new IllegalStateException("odd\u001b[2J"), true)).isEqualTo(5);
    assertThat(err())
        .startsWith("winnow: internal error: ")
        .hasLineCount(1)
        .doesNotContain("\u001b");
    Path log = Path.of(err().strip().substring(err().indexOf("details in ") + 11));
    assertThat(log).content().contains("at dev.winnow.app");
    Files.delete(log);
  }

  @Test
  void categoriesDecideTheExitCode() {
    ReportFailure failures = new ReportFailure(context("").console(), false);
    for (WinnowException.Category category : WinnowException.Category.values()) {
      assertThat(failures.report(new WinnowException(category, "x"), false))
          .isEqualTo(category.exitCode());
    }
    assertThat(Outcomes.exitCode("accepted")).isZero();
    assertThat(Outcomes.exitCode("none")).isEqualTo(1);
    assertThat(Outcomes.exitCode("budget")).isEqualTo(3);
    assertThat(Outcomes.exitCode("abstained")).isEqualTo(4);
    assertThat(Outcomes.exitCode("cancelled")).isEqualTo(130);
    assertThat(Outcomes.exitCode("failed")).isEqualTo(5);
  }
}
