package dev.winnow.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.CapText;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.telemetry.Redact;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows a program's output: remembers how it ends, and tells the run what happens, in the same
 * events as every other agent. All of it is hostile: capped, stripped, and never believed beyond
 * what it says about itself. For one thread, that of the output.
 */
final class TellEvents {

  private static final int MOST_EVENTS = 5_000;
  private static final int TEXT_BYTES = 32 * 1024;
  private static final int LINE = 120;
  private static final int TROUBLE = 1000;
  private static final int MOST_TOOLS = 50;

  private record Open(String tool, long since) {}

  private final String candidate;
  private final String purpose;
  private final ReadEvents reader;
  private final Consumer<RunEvent> events;
  private final Consumer<String> started;
  private final Map<String, Open> open = new HashMap<>();
  private final Map<String, Integer> denied = new LinkedHashMap<>();
  private int told;
  private int turn = 1;
  private boolean calledSinceText;
  private String said = "";
  private String trouble = "";
  private boolean worked;
  private @Nullable CliEvent end;

  /**
   * @param started is told the session's id when the program says it first
   */
  TellEvents(
      String candidate,
      String purpose,
      ReadEvents reader,
      Consumer<RunEvent> events,
      Consumer<String> started) {
    this.candidate = candidate;
    this.purpose = purpose;
    this.reader = reader;
    this.events = events;
    this.started = started;
  }

  /** A line that is no JSON object is passed over: the end decides, not its noise. */
  void line(String line) {
    if (!line.startsWith("{")) {
      return;
    }
    JsonNode node;
    try {
      node = Json.mapper().readTree(line);
    } catch (JsonProcessingException e) {
      return;
    }
    reader.read(node).forEach(this::take);
  }

  private void take(CliEvent event) {
    switch (event) {
      case CliEvent.Started(String session) -> started.accept(session);
      case CliEvent.Said(String text) -> say(text);
      case CliEvent.Called(String id, String tool, String summary) -> call(id, tool, summary);
      case CliEvent.Returned(String id, boolean ok, String summary) -> ret(id, ok, summary);
      case CliEvent.Denied(String tool) -> deny(CapText.oneLine(tool, 60));
      case CliEvent.Trouble(String text) -> trouble = CapText.oneLine(text, TROUBLE);
      case CliEvent.Completed completed -> end = completed;
      case CliEvent.Failed failed -> end = failed;
    }
  }

  private void deny(String tool) {
    if (denied.containsKey(tool) || denied.size() < MOST_TOOLS) {
      denied.merge(tool, 1, Integer::sum);
    }
  }

  private void say(String text) {
    String clean = visible(CapText.headAndTail(Redact.text(text), TEXT_BYTES));
    if (clean.isBlank()) {
      return;
    }
    if (calledSinceText) {
      turn++;
      calledSinceText = false;
    }
    said = clean;
    tell(new RunEvent.ModelText(candidate, purpose, turn, clean));
  }

  private void call(String id, String tool, String summary) {
    String name = CapText.oneLine(tool, 60);
    calledSinceText = true;
    if (open.size() < MOST_EVENTS) {
      open.put(id, new Open(name, System.nanoTime()));
    }
    tell(
        new RunEvent.ToolCalled(
            candidate,
            purpose,
            turn,
            CapText.oneLine(id, 80),
            name,
            CapText.oneLine(Redact.text(summary), LINE)));
  }

  private void ret(String id, boolean ok, String summary) {
    Open call = open.remove(id);
    if (call == null) {
      return;
    }
    worked |= ok;
    tell(
        new RunEvent.ToolReturned(
            candidate,
            CapText.oneLine(id, 80),
            call.tool,
            ok,
            CapText.oneLine(Redact.text(summary), LINE),
            (System.nanoTime() - call.since) / 1_000_000));
  }

  private void tell(RunEvent event) {
    if (told < MOST_EVENTS) {
      events.accept(event);
    } else if (told == MOST_EVENTS) {
      events.accept(
          new RunEvent.Notice(
              "%s makes more than %,d events; the rest is not shown."
                  .formatted(candidate, MOST_EVENTS)));
    }
    told++;
  }

  /** Keeps line ends and tabs; other control characters could steer a terminal. */
  private static String visible(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .filter(c -> c == '\n' || c == '\t' || Character.getType(c) != Character.CONTROL)
        .filter(c -> Character.getType(c) != Character.FORMAT)
        .map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  /** How the program says that it ended; empty when it never said. */
  Optional<CliEvent> end() {
    return Optional.ofNullable(end);
  }

  String said() {
    return said;
  }

  /** The last thing that went wrong without being the end. */
  String trouble() {
    return trouble;
  }

  /** Calls that the program did not allow, by tool. */
  Map<String, Integer> denied() {
    return denied;
  }

  /** Whether one call at least did something. */
  boolean worked() {
    return worked;
  }

  int turns() {
    return turn;
  }
}
