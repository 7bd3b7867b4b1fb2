package dev.winnow.judge;

import dev.winnow.agent.CapText;
import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.TestSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a model judge is shown of tied candidates: the diff and what Winnow established, nothing
 * that an agent said, and no name that would tell who it was.
 */
public final class ShowChanges {

  private static final int DIFF_BYTES = 40 * 1024;
  private static final int EVIDENCE_BYTES = 6 * 1024;
  private static final Pattern CANDIDATE = Pattern.compile("\\bc\\d+\\b");

  private ShowChanges() {}

  /**
   * The material by candidate.
   *
   * @param diffs gives the unified diff of a candidate against the base
   */
  public static Map<String, String> of(
      Evidence evidence, List<String> tied, Function<String, String> diffs) {
    Map<String, String> materials = new TreeMap<>();
    for (String candidate : tied) {
      materials.put(
          candidate,
          "Established by running tests:\n%s\n\nThe change:\n%s"
              .formatted(
                  CapText.headAndTail(established(evidence, candidate), EVIDENCE_BYTES),
                  CapText.headAndTail(diffs.apply(candidate), DIFF_BYTES)));
    }
    return materials;
  }

  private static String established(Evidence evidence, String candidate) {
    StringBuilder text = new StringBuilder();
    for (CandidateEvidence one : evidence.candidates()) {
      if (one.candidate().equals(candidate)) {
        text.append(
            "- its change has %d lines outside of its own tests\n".formatted(one.diff().lines()));
        one.tamper().forEach(finding -> text.append("- worth a look: " + finding.text() + "\n"));
      }
    }
    for (MatrixCell cell : evidence.cells()) {
      if (cell.candidate().equals(candidate)) {
        text.append(
            "- %s: %s, %d passed, %d failed (%s)\n"
                .formatted(
                    tests(cell.testSet(), candidate),
                    cell.outcome().label(),
                    cell.passed(),
                    cell.failed(),
                    CapText.oneLine(CANDIDATE.matcher(cell.reason()).replaceAll("somebody"), 200)));
      }
    }
    return text.toString().stripTrailing();
  }

  private static String tests(String testSet, String candidate) {
    if (testSet.equals(candidate)) {
      return "its own tests";
    }
    return switch (testSet) {
      case TestSet.BASE -> "the repository's tests";
      case TestSet.TESTER -> "independent tests";
      default -> "tests of another candidate";
    };
  }
}
