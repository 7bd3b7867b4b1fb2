package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunViewTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void plainViewHasOneMilestoneALineAndNoEscapes() {
    PlainView view = new PlainView(stream);
    Events.ofARun().forEach(view);
    view.close();
    assertThat(shown())
        .contains("Run " + Events.RUN + ": Add discounts\n")
        .contains("base: 10 tests with maven (pom.xml)")
        .contains("c1 (right): red: 3 assertions fail")
        .contains("✘ independent tests on c1 (right): x evil")
        .contains("✔ winner c1 (right): passes more")
        .doesNotContain("\u001b")
        .doesNotContain("fs_write_file");
  }

  @Test
  void jsonViewEndsWithTheResult() {
    JsonView view = new JsonView(stream);
    Events.ofARun().forEach(view);
    List<String> lines = shown().lines().toList();
    assertThat(lines).hasSize(Events.ofARun().size());
    JsonNode first = Json.read(lines.getFirst(), JsonNode.class);
    assertThat(first.path("type").asText()).isEqualTo("run-created");
    assertThat(first.path("v").asInt()).isEqualTo(RunEvent.VERSION);
    assertThat(first.path("sequence").asLong()).isEqualTo(1);
    assertThat(Json.read(lines.getLast(), JsonNode.class).path("type").asText())
        .isEqualTo("result");
  }

  @Test
  void terminalDrawsCandidatesInPlaceAndGivesTheCursorBack() {
    TerminalView view = new TerminalView(stream, Style.PLAIN, () -> new TerminalSize(24, 60));
    List<RecordedEvent> events = Events.ofARun();
    events.subList(0, 7).forEach(view);
    assertThat(shown()).contains("c1 right  0:02 tests first: fs_write_file AppTest.java");
    assertThat(shown()).doesNotContain("\u001b[2J");
    bytes.reset();
    view.tick(Events.START.plusSeconds(65));
    assertThat(shown()).contains("\u001b[1A").contains("1:00").startsWith("\u001b[?2026h");
    view.close();
    view.close();
    assertThat(shown()).endsWith("\u001b[?25h").containsOnlyOnce("\u001b[?25h");
  }

  @Test
  void noLiveLineReachesTheEdgeOfANarrowTerminal() {
    StatusBoard board = new StatusBoard(Style.PLAIN);
    Events.ofARun().subList(0, 7).forEach(board::accept);
    for (int columns = 20; columns < 80; columns++) {
      for (String line : board.render(Events.START.plusSeconds(9), 3, columns - 1, 10)) {
        assertThat(SafeText.columns(line)).isLessThan(columns);
      }
    }
  }

  @Test
  void smallTerminalShowsAsManyCandidatesAsFit() {
    StatusBoard board = new StatusBoard(Style.PLAIN);
    board.accept(Events.recorded(new RunEvent.PhaseStarted("candidates")).getFirst());
    for (int i = 1; i <= 50; i++) {
      board.accept(Events.recorded(new RunEvent.CandidateStarted("c" + i, "a#" + i)).getFirst());
    }
    assertThat(board.render(Events.START, 0, 80, 7)).hasSize(7);
  }

  @Test
  void sizeOfATerminalIsTheUsualOneWhenInDoubt() {
    assertThat(TerminalSize.parse("40 120")).isEqualTo(new TerminalSize(40, 120));
    for (String answer : List.of("", "0 0", "40", "a b", "-1 5", "9999999 1")) {
      assertThat(TerminalSize.parse(answer)).isEqualTo(TerminalSize.USUAL);
    }
  }
}
