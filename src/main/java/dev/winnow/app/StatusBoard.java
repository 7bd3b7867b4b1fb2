package dev.winnow.app;

import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What each candidate is doing right now, as lines of a live display. */
final class StatusBoard {

  private static final String[] SPINNER = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};

  private final Style style;
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private String phase = "";
  private Instant phaseSince = Instant.EPOCH;
  private int cells;

  StatusBoard(Style style) {
    this.style = style;
  }

  /** One candidate's line. */
  private static final class Line {
    private final String name;
    private final Instant since;
    private String doing = "starting";
    private boolean done;
    private boolean good;

    private Line(String name, Instant since) {
      this.name = name;
      this.since = since;
    }
  }

  void accept(RecordedEvent recorded) {
    switch (recorded.event()) {
      case RunEvent.PhaseStarted e -> {
        phase = e.phase();
        phaseSince = recorded.at();
        cells = 0;
        if (!phase.equals("candidates") && !phase.equals("independent-tests")) {
          lines.clear();
        }
      }
      case RunEvent.CandidateStarted e ->
          lines.put(
              e.candidate(), new Line(e.candidate() + " " + Names.agent(e.agent()), recorded.at()));
      case RunEvent.ModelText e -> doing(e.candidate(), purpose(e.purpose()) + ": " + e.text());
      case RunEvent.ModelTextPart e -> doing(e.candidate(), purpose(e.purpose()) + ": " + e.text());
      case RunEvent.ModelRetried e ->
          doing(
              e.candidate(), "asking again, attempt %d: %s".formatted(e.attempt() + 1, e.reason()));
      case RunEvent.ToolCalled e ->
          doing(e.candidate(), purpose(e.purpose()) + ": " + e.tool() + " " + e.summary());
      case RunEvent.ToolReturned _,
          RunEvent.ConversationCondensed _,
          RunEvent.SnapshotTaken _,
          RunEvent.Forked _,
          RunEvent.Answered _ -> {}
      case RunEvent.RedChecked e ->
          doing(e.candidate(), e.red() ? "tests are red, implementing" : "writing tests again");
      case RunEvent.GreenChecked e ->
          doing(e.candidate(), e.green() ? "green" : "repairing: " + e.reason());
      case RunEvent.CandidateFinished e -> {
        Line line = lines.get(e.candidate());
        if (line != null) {
          line.done = true;
          line.good = e.state().equals("ready");
          line.doing = e.state().equals("not-green") ? "not green" : e.state();
        }
      }
      case RunEvent.CellFinished _ -> cells++;
      case RunEvent.RunFinished _ -> {
        lines.clear();
        phase = "";
      }
      case RunEvent.RunCreated _,
          RunEvent.Notice _,
          RunEvent.BaseTested _,
          RunEvent.TamperFound _,
          RunEvent.JudgeAnswered _,
          RunEvent.Decided _,
          RunEvent.Delivered _ -> {}
    }
  }

  private static String doing(String phase) {
    return switch (phase) {
      case "prepare" -> "resolving dependencies, running the repository's tests";
      case "independent-tests" -> "tests are written from the task alone";
      case "candidates" -> "candidates start";
      case "answers" -> "agents are asked";
      case "evidence" -> "running everybody's tests on everybody's code";
      case "judge" -> "judging";
      case "deliver" -> "creating the branch";
      default -> phase;
    };
  }

  private static String purpose(String purpose) {
    return switch (purpose) {
      case "red" -> "tests first";
      case "green" -> "the change";
      default ->
          purpose.startsWith("repair-")
              ? "repair " + purpose.substring(7)
              : purpose.startsWith("red-") ? "tests, attempt " + purpose.substring(4) : purpose;
    };
  }

  private void doing(String candidate, String what) {
    Line line = lines.get(candidate);
    if (line != null) {
      line.doing = what;
    }
  }

  /** The lines to show now, each at most {@code columns} wide and at most {@code rows} of them. */
  List<String> render(Instant now, int frame, int columns, int rows) {
    String spinner = SPINNER[frame % SPINNER.length];
    List<String> shown = new ArrayList<>();
    if (lines.isEmpty()) {
      if (!phase.isEmpty()) {
        String done = cells == 0 ? "" : ", %,d cells of the matrix done".formatted(cells);
        String text =
            SafeText.line(
                "%s %s%s".formatted(elapsed(phaseSince, now), doing(phase), done), columns - 2);
        shown.add(style.accent(spinner) + " " + text);
      }
      return shown;
    }
    int width = lines.values().stream().mapToInt(l -> SafeText.columns(l.name)).max().orElse(0);
    for (Line line : lines.values()) {
      if (shown.size() == rows) {
        break;
      }
      String mark =
          line.done
              ? line.good ? style.good(Marks.GOOD) : style.bad(Marks.BAD)
              : style.accent(spinner);
      String name = SafeText.pad(SafeText.line(line.name, 30), Math.min(width, 30));
      String time = line.done ? "     " : elapsed(line.since, now);
      String rest = "%s %s %s".formatted(name, time, SafeText.line(line.doing, columns));
      shown.add(mark + " " + SafeText.cut(rest, columns - 2));
    }
    return shown;
  }

  private static String elapsed(Instant since, Instant now) {
    long seconds = Math.max(0, Duration.between(since, now).toSeconds());
    return "%2d:%02d".formatted(seconds / 60, seconds % 60);
  }
}
