package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.Spending;
import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.MatrixCell.Outcome;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestStatus;
import dev.winnow.evidence.tamper.TamperFinding;
import dev.winnow.judge.CandidateVerdict;
import dev.winnow.judge.Decision;
import dev.winnow.judge.Veto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RenderReportTest {

  private static CandidateEvidence candidate(String id, String agent) {
    return new CandidateEvidence(
        id,
        agent,
        null,
        null,
        null,
        new TestSet(id, "tree", List.of("T.java"), Set.of("T#a"), false),
        "tree",
        new CandidateEvidence.DiffSize(1, 10, 2, 0),
        List.of(
            new TamperFinding(
                TamperFinding.Kind.SPECIAL_CASED, false, "A.java", "the number 42\u001b[2J")));
  }

  private static MatrixCell cell(
      String set, String candidate, Outcome outcome, int passed, int failed) {
    List<TestResult> results = new ArrayList<>();
    for (int i = 0; i < passed + failed; i++) {
      results.add(new TestResult("T#" + i, i < passed ? TestStatus.PASSED : TestStatus.FAILED, ""));
    }
    return new MatrixCell(
        set, candidate, outcome, "because \u202eof it", results, List.of(), List.of());
  }

  private static final Evidence EVIDENCE =
      new Evidence(
          List.of(
              candidate("c1", "scripted:/s/right.json"), candidate("c2", "scripted:/s/cheat.json")),
          List.of(
              cell("base", "c1", Outcome.PASS, 10, 0),
              cell("base", "c2", Outcome.ASSERTION, 9, 1),
              cell("tester", "c1", Outcome.PASS, 8, 0),
              cell("tester", "c2", Outcome.NOT_APPLICABLE, 0, 0),
              cell("c1", "c2", Outcome.TIMEOUT, 0, 0)),
          Set.of("A#a"),
          Set.of(),
          new TestSet("tester", "tree", List.of("I.java"), Set.of(), true),
          Set.of());

  private static final Decision DECISION =
      new Decision(
          Decision.Outcome.ACCEPTED,
          "c1",
          Decision.Rule.ONLY_SURVIVOR,
          "c1 is the only one that passed the gate.",
          Decision.Confidence.HIGH,
          List.of(
              new CandidateVerdict("c1", "scripted:/s/right.json", List.of(), 8, 8, List.of(), 12),
              new CandidateVerdict(
                  "c2",
                  "scripted:/s/cheat.json",
                  List.of(new Veto(Veto.VetoClass.TAMPER, "MoneyTest was weakened")),
                  0,
                  0,
                  List.of(),
                  3)));

  private static ReportView report(String sandbox) {
    return new ReportView(
        "0190",
        "Add discounts",
        "/home/me/my repo",
        sandbox,
        "accepted",
        "",
        EVIDENCE,
        DECISION,
        "winnow/add-discounts",
        Map.of("c1", new Usage(1200, 300, 0, 0)),
        new Spending(20_800, 1200, 300, 0, 0, 0, false),
        List.of(),
        List.of(),
        null,
        Map.of(),
        null,
        List.of());
  }

  @Test
  void tableShowsSymbolAndWordForEveryCell() {
    List<String> lines = RenderReport.lines(report("bubblewrap"), Style.PLAIN, 100);
    String all = String.join("\n", lines);
    assertThat(lines)
        .anySatisfy(l ->
            assertThat(l)
                .startsWith("the repository's tests")
                .contains("✔ 10/10")
                .contains("✘ 9/10"));
    assertThat(lines)
        .anySatisfy(l ->
            assertThat(l)
                .startsWith("independent tests")
                .contains("✔ 8/8")
                .contains("– not applicable"));
    assertThat(lines)
        .anySatisfy(l ->
            assertThat(l).startsWith("tests of c1 (right)").contains("own").contains("✘ timeout"));
    assertThat(all)
        .contains("tests of c1 (right) on c2: timeout: because of it")
        .contains("c2 (cheat): out")
        .contains("tampering: MoneyTest was weakened")
        .contains("c1 (right) wins")
        .contains("decided by: only one passed the gate; confidence: high")
        .contains("git -C '/home/me/my repo' merge winnow/add-discounts")
        .contains("1,200 tokens in, 300 out")
        .contains("Worth a look")
        .doesNotContain("sandbox:")
        .doesNotContain("\u001b")
        .doesNotContain("\u202e");
  }

  @Test
  void weakSandboxIsAlwaysNamed() {
    assertThat(RenderReport.lines(report("none"), Style.PLAIN, 100))
        .anySatisfy(l -> assertThat(l).contains("sandbox: none"));
  }

  @Test
  void narrowTerminalGetsAListInsteadOfATable() {
    assertThat(RenderReport.lines(report("bubblewrap"), Style.PLAIN, 40))
        .contains("  ✔ 10/10           c1 (right)", "  ✘ timeout         c2 (cheat)");
  }

  @Test
  void onlyCommandsAndLongWordsAreWiderThanTheTerminal() {
    for (String line : RenderReport.lines(report("none"), Style.PLAIN, 60)) {
      assertThat(SafeText.columns(line) <= 60 || line.contains("git -C")).as(line).isTrue();
    }
    assertThat(WrapText.lines("  ab cd ef", 7, 4)).containsExactly("  ab cd", "    ef");
    assertThat(WrapText.lines("abcdefghij k", 4, 2)).containsExactly("abcdefghij", "  k");
    assertThat(WrapText.lines("", 4, 2)).containsExactly("");
    assertThat(WrapText.lines("a \u001b[31mbc\u001b[0m", 4, 2)).hasSize(1);
  }

  @Test
  void commandsAreNamedAsTheUserTypedThem() {
    assertThat(Invoked.as("./winnow", "/bin")).isEqualTo("./winnow");
    assertThat(Invoked.as("/usr/local/bin/winnow", "/bin:/usr/local/bin")).isEqualTo("winnow");
    assertThat(Invoked.as("/my tools/winnow", "/bin")).isEqualTo("'/my tools/winnow'");
    assertThat(Invoked.as("", "/bin")).isEqualTo("winnow");
  }

  @Test
  void whatWasSpentIsSaidAndWhatNobodyKnowsToo() {
    assertThat(RenderReport.lines(report("bubblewrap"), Style.PLAIN, 80))
        .contains("$0.0208 and what models without a known price cost, with tester and judge");
  }

  @Test
  void runWithoutADecisionSaysWhy() {
    ReportView cancelled =
        new ReportView(
            "0190",
            "t",
            "/r",
            "bubblewrap",
            "cancelled",
            "interrupted",
            null,
            null,
            null,
            Map.of(),
            Spending.NONE,
            List.of(),
            List.of(),
            null,
            Map.of(),
            null,
            List.of());
    assertThat(RenderReport.lines(cancelled, Style.PLAIN, 80))
        .contains("Ended without a decision: cancelled", "  interrupted");
  }

  @Test
  void coloursOnlyRepeatWhatTheTextSays() {
    String painted = String.join("\n", RenderReport.lines(report("none"), new Style(true), 100));
    String plain = String.join("\n", RenderReport.lines(report("none"), Style.PLAIN, 100));
    assertThat(painted).contains("\u001b[32m");
    assertThat(painted.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(plain);
  }
}
