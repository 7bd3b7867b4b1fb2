package dev.winnow.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.agent.AgentReply.Ending;
import dev.winnow.agent.Driver;
import dev.winnow.agent.PriceTable;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.workspace.CommandResult;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real programs wrote in each kind of trouble, read again, whole and cut anywhere. */
class TranscriptsTest {

  private final List<RunEvent> events = new ArrayList<>();
  private final List<String> sessions = new ArrayList<>();

  private static CliSettings settings(Driver driver) {
    return new CliSettings(
        driver,
        driver == Driver.CODEX ? new Codex() : new Claude(),
        new ProgramFile(Path.of("/usr/bin/true"), List.of(), "1.2.3"),
        Optional.empty(),
        URI.create("http://127.0.0.1:1"),
        Optional.empty(),
        Optional.empty(),
        Duration.ofMinutes(1),
        PriceTable.packaged(),
        UpstreamProxy.NONE);
  }

  private static byte[] transcript(String name) throws IOException {
    try (InputStream in =
        TranscriptsTest.class.getResourceAsStream("/cli/transcripts/" + name + ".jsonl")) {
      return in.readAllBytes();
    }
  }

  private static Driver driver(String name) {
    return name.startsWith("cx-") ? Driver.CODEX : Driver.CLAUDE;
  }

  private TellEvents read(Driver driver, byte[] output, int length) {
    CliSettings settings = settings(driver);
    TellEvents tell =
        new TellEvents("c1", "red", settings.program().events(), events::add, sessions::add);
    ReadLines lines = new ReadLines(tell::line);
    for (int from = 0; from < length; from += 700) {
      byte[] part = java.util.Arrays.copyOfRange(output, from, Math.min(length, from + 700));
      lines.add(part, part.length);
    }
    lines.end();
    return tell;
  }

  private Verdict verdict(Driver driver, byte[] output, int length, int status) {
    CommandResult result =
        new CommandResult(CommandResult.Ending.EXITED, status, "", length, Duration.ofSeconds(1));
    return Verdict.of(
        settings(driver), new RunProgram.Ended(result, false, ""), read(driver, output, length), 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cx-e401 | NOT_LOGGED_IN",
        "cx-e400 | BAD_REQUEST",
        "cx-e429 | RATE_LIMITED",
        "cx-e429q | QUOTA",
        "cx-e500 | OVERLOADED",
        "cx-cut | CONNECTION",
        "cx-failed | CONNECTION",
        "cx-stall | CONNECTION",
        "cx-ctxlen | CONTEXT_FULL",
        "cl-e401 | NOT_LOGGED_IN",
        "cl-e400 | BAD_REQUEST",
        "cl-e429 | RATE_LIMITED",
        "cl-e500 | OVERLOADED",
        "cl-e529 | OVERLOADED",
        "cl-hang | CONNECTION"
      })
  void eachKindOfTroubleIsRecognised(String name, Fault fault) throws IOException {
    byte[] output = transcript(name);
    Verdict verdict = verdict(driver(name), output, output.length, 1);
    assertThat(verdict.ending()).isEqualTo(Ending.FAILED);
    assertThat(verdict.fault()).isEqualTo(fault);
    assertThat(verdict.reason())
        .startsWith(driver(name) == Driver.CODEX ? "Codex: " : "Claude Code: ")
        .hasSizeLessThan(500)
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cx-edit",
        "cx-once429",
        "cl-edit",
        "cl-once429",
        "cl-plain",
        "cl-cut",
        "cl-midover"
      })
  void workThatWasDoneIsDoneInSpiteOfTroubleOnTheWay(String name) throws IOException {
    byte[] output = transcript(name);
    Verdict verdict = verdict(driver(name), output, output.length, 0);
    assertThat(verdict.reason()).isEmpty();
    assertThat(verdict.ending()).isEqualTo(Ending.DONE);
    assertThat(sessions).hasSize(1);
  }

  @Test
  void aModelThatWasNotAllowedToWorkDidNotWorkWhateverTheProgramSays() throws IOException {
    byte[] output = transcript("cl-edit-denied");
    // without the two calls that only looked
    String onlyDenied =
        new String(output, StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.contains("toolu_fake_0_"))
            .reduce("", (a, b) -> a + b + "\n");
    byte[] bytes = onlyDenied.getBytes(StandardCharsets.UTF_8);
    Verdict verdict = verdict(Driver.CLAUDE, bytes, bytes.length, 0);
    assertThat(verdict.ending()).isEqualTo(Ending.FAILED);
    assertThat(verdict.reason())
        .isEqualTo(
            "Claude Code: did not allow its model to work (Edit 1 times, Write 1 times denied), so nothing was done");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cx-hang",
        "cl-stall",
        "cl-stallw",
        "cl-tree-K-pgrp",
        "cl-tree-SIGKILL-pid",
        "cl-tree-SIGTERM-pid",
        "cx-tree-SIGINT-pid",
        "cx-tree-SIGTERM-pid",
        "cx-tree-dfa"
      })
  void whatStopsWithoutAnEndIsAFailureAlsoWithStatus0(String name) throws IOException {
    byte[] output = transcript(name);
    assertThat(verdict(driver(name), output, output.length, 0).ending()).isEqualTo(Ending.FAILED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cx-edit",
        "cl-edit",
        "cl-edit-denied",
        "cx-e401",
        "cl-e500",
        "cl-tree-SIGINT-pid"
      })
  void cutAnywhereItIsNeverTakenForDone(String name) throws IOException {
    byte[] output = transcript(name);
    int last = lastLine(output);
    for (int length = 0; length < output.length - 1; length += length > last - 5 ? 1 : 37) {
      Verdict verdict = verdict(driver(name), output, length, 0);
      assertThat(verdict.ending()).as("cut at %d", length).isEqualTo(Ending.FAILED);
      assertThat(verdict.reason()).isNotBlank();
    }
  }

  private static int lastLine(byte[] output) {
    int at = output.length - 2;
    while (at > 0 && output[at] != '\n') {
      at--;
    }
    return Math.max(at, output.length - 200);
  }

  @ParameterizedTest
  @CsvSource({"cx-edit, 2", "cl-edit, 3"})
  void theStoryIsToldLikeThatOfAnyOtherAgent(String name, int turns) throws IOException {
    byte[] output = transcript(name);
    TellEvents tell = read(driver(name), output, output.length);
    assertThat(events)
        .filteredOn(RunEvent.ToolCalled.class::isInstance)
        .extracting(event -> ((RunEvent.ToolCalled) event).summary())
        .anyMatch(summary -> summary.contains("git status"))
        .anyMatch(summary -> summary.endsWith("/NOTES.md"));
    assertThat(events)
        .filteredOn(RunEvent.ToolReturned.class::isInstance)
        .allMatch(event -> ((RunEvent.ToolReturned) event).ok());
    assertThat(tell.said()).isEqualTo("Done: add() now returns a + b.");
    assertThat(tell.turns()).isLessThanOrEqualTo(turns);
  }

  @Test
  void hostileOutputIsCappedStrippedOrPassedOver() {
    String hostile =
        """
        not json
        {"type": "thread.started", "thread_id": "../../etc/passwd"}
        {"type": "item.completed", "item": {"type": "agent_message", "text": "\\u001b[2Jgone\\u0007 \\u202ebidi"}}
        {"type": "item.completed", "item": {"type": "agent_message", "text": "%s"}}
        {"type": "item.started", "item": {"type": "command_execution", "id": "\\u001b]0;x", "command": "ls\\n\\u001b[31mred"}}
        {"type": "turn.completed", "usage": {"input_tokens": "many", "output_tokens": 1e999}}
        {"type": ["turn.completed"]}
        {"broken":\
        """
            .formatted("x".repeat(200_000));
    byte[] bytes = hostile.getBytes(StandardCharsets.UTF_8);
    TellEvents tell = read(Driver.CODEX, bytes, bytes.length);
    assertThat(events).hasSize(3);
    assertThat(events.toString()).doesNotContain("\u001b", "\u0007", "\u202e");
    assertThat(events.toString().length()).isLessThan(60_000);
    assertThat(tell.end()).isPresent();
  }

  @Test
  void aLineWithoutEndIsLeftOut() {
    List<String> seen = new ArrayList<>();
    ReadLines lines = new ReadLines(seen::add);
    byte[] megabyte = "y".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 20; i++) {
      lines.add(megabyte, megabyte.length);
    }
    byte[] rest = "\n{}\nlast".getBytes(StandardCharsets.UTF_8);
    lines.add(rest, rest.length);
    lines.end();
    assertThat(seen).containsExactly("{}", "last");
    assertThat(lines.leftOut()).isEqualTo(1);
  }
}
