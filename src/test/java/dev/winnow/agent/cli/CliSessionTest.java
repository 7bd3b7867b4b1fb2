package dev.winnow.agent.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.agent.AgentLimits;
import dev.winnow.agent.AgentReply;
import dev.winnow.agent.AgentReply.Ending;
import dev.winnow.agent.AgentSession;
import dev.winnow.agent.Driver;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.telemetry.TelemetryCollector;
import dev.winnow.telemetry.TelemetrySettings;
import dev.winnow.workspace.TestSandboxes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A candidate's conversation with a stand-in for the programs, in the real sandbox. */
@Timeout(120)
@Order(2) // not among the last, where it would be alone
class CliSessionTest {

  private static @Nullable Database database;

  @BeforeAll
  static void openDatabase() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void closeDatabase() {
    requireNonNull(database).close();
  }

  private static CliBench bench(Driver driver) {
    return new CliBench(driver, requireNonNull(database));
  }

  private static TelemetryCollector collector(Path spans) {
    TelemetrySettings off = TelemetrySettings.OFF;
    return TelemetryCollector.start(
        new TelemetrySettings(
            off.otel(), off.logfire(), Optional.of(spans), false, false, off.traceUrl(), ""));
  }

  private static AgentReply prompt(AgentSession session, String purpose, String text) {
    return session.prompt(new Prompt(purpose, text), Cancellation.never());
  }

  @ParameterizedTest
  @EnumSource
  void redAndGreenAreOneConversationAndEachPaysForItself(Driver driver) {
    CliBench bench = bench(driver);
    try (AgentSession session = bench.open(FakeProgram.playing(driver, "work"))) {
      AgentReply red = prompt(session, "red", "write tests");
      AgentReply green = prompt(session, "green", "implement");
      assertThat(bench.said()).containsExactly("prompt 1", "finished", "prompt 2", "finished");
      Usage once = new Usage(1000, 50, 200, 10, driver == Driver.CODEX ? 0 : 30);
      assertThat(red.usage()).isEqualTo(once);
      assertThat(green.usage()).isEqualTo(once);
      OptionalLong cost = driver == Driver.CODEX ? OptionalLong.empty() : OptionalLong.of(5_000);
      assertThat(red.costMicros()).isEqualTo(cost);
      assertThat(green.costMicros()).isEqualTo(cost);
    }
    assertThat(bench.workspace.resolveSibling("c1.program")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheFirstSessionOfAStartCounts(Driver driver) {
    CliBench bench = bench(driver);
    try (AgentSession session = bench.open(FakeProgram.playing(driver, "chatty"))) {
      assertThat(prompt(session, "red", "write tests").ending()).isEqualTo(Ending.DONE);
    }
    assertThat(bench.journal.keys()).filteredOn(key -> key.contains("/session-")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatIsPickedUpElsewhereGoesOnWithTheSession(Driver driver) {
    CliBench bench = bench(driver);
    Path program = FakeProgram.playing(driver, "work");
    try (AgentSession session = bench.open(program)) {
      prompt(session, "red", "write tests");
    }
    Path elsewhere = TestSandboxes.newWorkspace(bench.sandbox);
    try (AgentSession session = bench.open(program, elsewhere)) {
      prompt(session, "red", "write tests");
      AgentReply green = prompt(session, "green", "implement");
      assertThat(green.usage().inputTokens()).isEqualTo(1000);
    }
    assertThat(bench.said()).containsExactly("prompt 1", "finished", "prompt 2", "finished");
    assertThat(bench.notices()).isEmpty();
    assertThat(elsewhere.resolve("notes.txt")).hasContent("implement");
  }

  @ParameterizedTest
  @EnumSource
  void withoutTheSessionsFilesItStartsAgainFromTheFilesAsTheyAre(Driver driver) {
    CliBench bench = bench(driver);
    try (AgentSession session = bench.open(FakeProgram.playing(driver, "forgetful"))) {
      prompt(session, "red", "write tests");
      assertThat(prompt(session, "green", "implement").ending()).isEqualTo(Ending.DONE);
    }
    assertThat(bench.said()).containsExactly("prompt 1", "finished", "prompt 1", "finished");
  }

  @ParameterizedTest
  @EnumSource
  void aSessionThatTheProgramDoesNotKnowAnyMoreIsStartedAgainOnce(Driver driver) {
    CliBench bench = bench(driver);
    try (AgentSession session = bench.open(FakeProgram.playing(driver, "amnesia"))) {
      prompt(session, "red", "write tests");
      assertThat(prompt(session, "green", "implement").ending()).isEqualTo(Ending.DONE);
    }
    assertThat(bench.notices())
        .singleElement()
        .asString()
        .endsWith("cannot go on with its session and starts again.");
  }

  @ParameterizedTest
  @EnumSource
  void theProgramSeesNeitherTheKeyNorAnythingOutsideAndThePromptIsNoArgument(Driver driver)
      throws IOException {
    CliBench bench = bench(driver);
    String hostile = "--dangerously-bypass-approvals-and-sandbox; $(touch /tmp/x)";
    Path spans = Files.createTempDirectory("winnow-spans-").resolve("spans.jsonl");
    try (TelemetryCollector collector = collector(spans);
        AgentSession session = bench.open(FakeProgram.playing(driver, "curious"))) {
      AgentReply reply = collector.collecting(() -> prompt(session, "red", hostile));
      assertThat(reply.ending()).isEqualTo(Ending.DONE);
    }
    JsonNode seen = Json.mapper().readTree(Files.readString(bench.workspace.resolve("seen.json")));
    assertThat(seen.toString()).doesNotContain(CliBench.SECRET);
    assertThat(seen.path("prompt").asText()).isEqualTo("the rules\n\n" + hostile);
    assertThat(seen.path("args").toString()).doesNotContain("dangerously", "touch");
    assertThat(seen.path("/root").isArray() && !seen.path("/root").isEmpty()).isFalse();
    assertThat(seen.path("environment").properties().stream().map(java.util.Map.Entry::getKey))
        .doesNotContain("A_KEY", "PGHOST", "JAVA_TOOL_OPTIONS", "SSH_AUTH_SOCK")
        .contains("HOME", "TMPDIR", "PATH");
    // the program's own spans belong below the one of its work
    JsonNode span =
        Files.readAllLines(spans).stream()
            .map(line -> Json.read(line, JsonNode.class))
            .filter(line -> line.path("name").asText().equals("invoke_agent " + driver.label()))
            .findFirst()
            .orElseThrow();
    assertThat(seen.path("environment").path("TRACEPARENT").asText())
        .isEqualTo(
            "00-%s-%s-01".formatted(span.path("trace_id").asText(), span.path("span_id").asText()));
    // an empty .codex, as killed programs leave it, is gone
    assertThat(bench.workspace.resolve(".codex")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledProgramIsAskedToStopFirst(Driver driver) {
    CliBench bench = bench(driver);
    Cancellation cancellation = new Cancellation();
    try (AgentSession session = bench.open(FakeProgram.playing(driver, "polite"))) {
      cancelWhenStarted(bench, cancellation);
      assertThatThrownBy(() -> session.prompt(new Prompt("red", "write tests"), cancellation))
          .isInstanceOf(Cancellation.Cancelled.class)
          .hasMessage("enough");
    }
    assertThat(bench.workspace.resolve("stopped-politely")).exists();
  }

  @Test
  void aProgramThatRefusesToStopIsKilledWithAllThatItStarted() {
    CliBench bench = bench(Driver.CODEX);
    Cancellation cancellation = new Cancellation();
    Path program = FakeProgram.playing(Driver.CODEX, "stubborn");
    try (AgentSession session = bench.open(program)) {
      cancelWhenStarted(bench, cancellation);
      assertThatThrownBy(() -> session.prompt(new Prompt("red", "write tests"), cancellation))
          .isInstanceOf(Cancellation.Cancelled.class);
    }
    assertThat(processesWith(program.toString())).isEmpty();
    assertThat(processesWith(bench.workspace.toString())).isEmpty();
  }

  private static void cancelWhenStarted(CliBench bench, Cancellation cancellation) {
    bench.listener =
        event -> {
          if (event instanceof RunEvent.ModelText) {
            // recorded with the first line, long before there is a result
            assertThat(bench.journal.keys()).anyMatch(key -> key.startsWith("c1/red/session-"));
            Thread.ofVirtual().start(() -> cancellation.cancel("enough"));
          }
        };
  }

  private static Stream<String> processesWith(String text) {
    return ProcessHandle.allProcesses()
        .map(handle -> {
          try {
            Path directory = Path.of("/proc", Long.toString(handle.pid()));
            return Files.readString(directory.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                + Files.readString(directory.resolve("environ"), StandardCharsets.ISO_8859_1);
          } catch (IOException e) {
            return "";
          }
        })
        .filter(line -> line.contains(text));
  }

  @ParameterizedTest
  @EnumSource
  void aProgramWithoutASignOfLifeIsStopped(Driver driver) {
    CliBench bench = bench(driver);
    bench.silence = Duration.ofSeconds(2);
    try (AgentSession session = bench.open(FakeProgram.playing(driver, "slow"))) {
      AgentReply reply = prompt(session, "red", "write tests");
      assertThat(reply.ending()).isEqualTo(Ending.FAILED);
      assertThat(reply.reason()).endsWith("gave no sign of life for 2 s and was stopped");
    }
  }

  @Test
  void theTimeOfAPromptEndsTheProgram() {
    CliBench bench = bench(Driver.CLAUDE);
    bench.limits = new AgentLimits(10, 10, Duration.ofSeconds(2));
    try (AgentSession session = bench.open(FakeProgram.playing(Driver.CLAUDE, "slow"))) {
      AgentReply reply = prompt(session, "red", "write tests");
      assertThat(reply.ending()).isEqualTo(Ending.TIME_LIMIT);
      assertThat(reply.reason()).isEqualTo("the time limit of 2s is over");
      assertThat(reply.costMicros()).isEmpty();
    }
  }

  @Test
  void aProgramThatEndsWithoutAWordIsAFailureWithItsLastWords() {
    CliBench bench = bench(Driver.CODEX);
    Path program =
        FakeProgram.replaying(Driver.CODEX, new byte[0], "warming up\n\u001b[31mgone wrong\n", 0);
    try (AgentSession session = bench.open(program)) {
      AgentReply reply = prompt(session, "red", "write tests");
      assertThat(reply.ending()).isEqualTo(Ending.FAILED);
      assertThat(reply.reason())
          .isEqualTo("Codex: ended with status 0 without saying that it is done ([31mgone wrong)");
    }
  }
}
