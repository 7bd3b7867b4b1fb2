package dev.winnow.evidence;

import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.tamper.TamperFinding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Winnow established about one candidate beside the matrix.
 *
 * @param candidate c1, c2, ...
 * @param agent the agent's name, with #1, #2 behind it when given twice
 * @param agentFailure why the agent produced nothing that can be judged, or null
 * @param redProblem why its own tests were never red for the right reason, or null
 * @param ownTests the last verification of its own tests on its own code, or null if it never got
 *     so far
 * @param tests its frozen test set, or null if it has none
 * @param codeTree its final files as a git tree
 * @param tamper findings, vetoes and hints
 */
public record CandidateEvidence(
    String candidate,
    String agent,
    @Nullable String agentFailure,
    @Nullable String redProblem,
    @Nullable TestRun ownTests,
    @Nullable TestSet tests,
    String codeTree,
    DiffSize diff,
    List<TamperFinding> tamper) {

  public CandidateEvidence {
    tamper = List.copyOf(tamper);
  }

  /**
   * Size of the candidate's change against the base, its own tests left out.
   *
   * @param binary files without a line count; each weighs as much as 100 lines, because nobody can
   *     read what it changes
   */
  public record DiffSize(int files, int added, int removed, int binary) {
    public static final DiffSize NONE = new DiffSize(0, 0, 0, 0);

    private static final int BINARY_LINES = 100;

    public int lines() {
      return added + removed + BINARY_LINES * binary;
    }
  }
}
