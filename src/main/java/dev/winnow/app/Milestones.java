package dev.winnow.app;

import static dev.winnow.app.Names.count;

import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a person wants to read about a run while it goes on; remembers the candidates' agents. */
final class Milestones {

  private static final int REASON = 160;

  private final Style style;
  private final int columns;
  private final Map<String, String> agents = new HashMap<>();

  /** What was last said to be wrong with a candidate's change; it is not said twice. */
  private final Map<String, String> problems = new HashMap<>();

  private String rationale = "";

  Milestones(Style style, int columns) {
    this.style = style;
    this.columns = columns;
  }

  /** The lines for an event, none for what is only of interest while it happens. */
  List<String> of(RecordedEvent recorded) {
    return switch (recorded.event()) {
      case RunEvent.RunCreated e ->
          List.of(
              style.bold("Run " + recorded.run() + ": " + text(firstLine(e.task()))),
              e.repository().isEmpty()
                  ? "  agents " + String.join(", ", e.agents().stream().map(Names::agent).toList())
                  : "  %s at %s, agents %s, sandbox %s"
                      .formatted(
                          text(e.repository()),
                          text(Names.commit(e.base())),
                          String.join(", ", e.agents().stream().map(Names::agent).toList()),
                          text(e.sandbox())));
      case RunEvent.PhaseStarted e -> List.of(style.accent("> " + phase(e.phase())));
      case RunEvent.Notice e -> List.of(style.warn("! ") + text(e.text()));
      // which tests fail already is a notice
      case RunEvent.BaseTested e ->
          List.of(
              "  base: %s with %s (%s)"
                  .formatted(count(e.tests(), "test"), text(e.runner()), text(why(e))));
      case RunEvent.CandidateStarted e -> {
        agents.put(e.candidate(), Names.agent(e.agent()));
        yield List.of("  " + who(e.candidate()) + " starts");
      }
      case RunEvent.Forked e ->
          List.of(
              "  fork of run %s at checkpoint %d (%s)"
                  .formatted(text(e.parent()), e.checkpoint(), text(e.label())));
      case RunEvent.Answered e -> List.of("> " + text(e.reason()));
      case RunEvent.ModelText _,
          RunEvent.ModelTextPart _,
          RunEvent.ModelRetried _,
          RunEvent.ConversationCondensed _,
          RunEvent.ToolCalled _,
          RunEvent.ToolReturned _,
          RunEvent.SnapshotTaken _ ->
          List.of();
      case RunEvent.RedChecked e -> List.of(line(e.red(), e.candidate(), red(e)));
      case RunEvent.GreenChecked e -> List.of(line(e.green(), e.candidate(), green(e)));
      case RunEvent.CandidateFinished e ->
          List.of(
              line(
                  e.state().equals("ready"),
                  e.candidate(),
                  state(e.state())
                      + (e.reason().isBlank() || e.reason().equals(problems.get(e.candidate()))
                          ? ""
                          : ": " + text(e.reason()))));
      case RunEvent.CellFinished e -> cell(e);
      case RunEvent.TamperFound e ->
          List.of(
              "  %s %s: %s: %s"
                  .formatted(
                      e.veto() ? style.bad(Marks.BAD) : style.warn("!"),
                      who(e.candidate()),
                      e.veto() ? "tampering" : "worth a look",
                      text(e.detail())));
      case RunEvent.JudgeAnswered e -> List.of(judged(e));
      case RunEvent.Decided e -> {
        String winner = e.winner();
        rationale = e.rationale();
        yield List.of(
            winner == null
                ? style.warn("! no winner: ") + text(e.rationale())
                : style.good(Marks.GOOD) + " winner " + who(winner) + ": " + text(e.rationale()));
      }
      case RunEvent.Delivered e ->
          List.of("  branch %s at %s".formatted(text(e.branch()), text(Names.commit(e.commit()))));
      case RunEvent.RunFinished e ->
          List.of(
              style.bold("Run " + text(e.outcome()))
                  + (e.reason().isBlank() || e.reason().equals(rationale)
                      ? ""
                      : ": " + text(e.reason())));
    };
  }

  /** The reason without the runner's name, which stands before it. */
  private static String why(RunEvent.BaseTested e) {
    String name = e.runner() + ": ";
    return e.why().startsWith(name) ? e.why().substring(name.length()) : e.why();
  }

  private String judged(RunEvent.JudgeAnswered e) {
    String winner = e.winner();
    String said =
        !e.problem().isEmpty()
            ? style.warn("! ") + "no usable verdict: " + text(e.problem())
            : (winner == null ? "undecided" : "for " + who(winner)) + ": " + text(e.rationale());
    return "  judge %s, order %d: %s".formatted(Names.agent(e.judge()), e.order(), said);
  }

  private String red(RunEvent.RedChecked e) {
    if (e.red()) {
      return "red: " + text(e.reason());
    }
    boolean same = e.reason().equals(problems.put(e.candidate(), e.reason()));
    return "not red: " + (same ? "still the same" : text(e.reason()));
  }

  private String green(RunEvent.GreenChecked e) {
    String round = e.round() == 0 ? "green: " : "repair %d: ".formatted(e.round());
    String tests = "%,d passed, %,d failed".formatted(e.passed(), e.failed());
    if (e.green()) {
      return round + tests;
    }
    boolean same = e.reason().equals(problems.put(e.candidate(), e.reason()));
    return (e.round() == 0 ? "not green: " : round)
        + (same ? "still the same" : tests + ": " + text(e.reason()));
  }

  private List<String> cell(RunEvent.CellFinished e) {
    Marks mark = Marks.of(e.outcome());
    return List.of(
        "  %s %s on %s: %s"
            .formatted(
                mark.painted(style),
                testSet(e.testSet()),
                who(e.candidate()),
                text(mark.told(e.reason()))));
  }

  private String testSet(String id) {
    return switch (id) {
      case "base" -> "the repository's tests";
      case "tester" -> "independent tests";
      default -> "tests of " + who(id);
    };
  }

  private String line(boolean good, String candidate, String text) {
    String mark = good ? style.good(Marks.GOOD) : style.bad(Marks.BAD);
    return "  " + mark + " " + who(candidate) + ": " + text;
  }

  private static String state(String state) {
    return switch (state) {
      case "ready" -> "ready to be judged";
      case "not-green" -> "not green after its last repair";
      case "failed" -> "out";
      default -> SafeText.line(state, 40);
    };
  }

  /** A candidate with its agent's name. */
  String who(String candidate) {
    String id = SafeText.line(candidate, 12);
    String agent = agents.get(candidate);
    return agent == null || agent.equals(candidate) ? id : id + " (" + agent + ")";
  }

  static String phase(String phase) {
    return switch (phase) {
      case "prepare" -> "Preparing: base, test runner, the repository's own tests";
      case "independent-tests" -> "Independent tests";
      case "candidates" -> "Candidates at work: tests first, then the change";
      case "evidence" -> "Evidence: everybody's tests against everybody's code";
      case "answers" -> "Asking the agents";
      case "judge" -> "Judging";
      case "deliver" -> "Delivering";
      default -> SafeText.line(phase, 60);
    };
  }

  private String text(String untrusted) {
    return SafeText.line(untrusted, Math.min(columns, REASON));
  }

  private static String firstLine(String task) {
    return task.lines().findFirst().orElse("");
  }
}
