package dev.winnow.run;

import dev.winnow.agent.Usage;
import dev.winnow.evidence.GatherEvidence;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.tamper.TamperFinding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one agent produced.
 *
 * @param id c1, c2, ...
 * @param agent its name, with #1, #2 behind it when given twice
 * @param failure why there is nothing to judge, or null
 * @param redProblem why its tests were never red for the right reason, or null
 * @param greenProblem what still failed after the last repair, or null; the evidence decides
 * @param tests its frozen tests, or null if it has none
 * @param tree its files as a git tree in the mirror
 * @param refused entries that the snapshot left out: links and nested repositories
 * @param findings own tests that it changed after they were frozen
 */
record Candidate(
    String id,
    String agent,
    @Nullable String failure,
    @Nullable String redProblem,
    @Nullable String greenProblem,
    @Nullable TestSet tests,
    String tree,
    List<String> refused,
    List<TamperFinding> findings,
    Usage usage) {
  Candidate {
    refused = List.copyOf(refused);
    findings = List.copyOf(findings);
  }

  /** ready, not-green or failed. */
  String state() {
    if (failure != null || redProblem != null) {
      return "failed";
    }
    return greenProblem == null ? "ready" : "not-green";
  }

  /** Why it is not ready, or null. */
  @Nullable String problem() {
    if (failure != null) {
      return failure;
    }
    return redProblem == null ? greenProblem : redProblem;
  }

  GatherEvidence.Finished finished() {
    List<TamperFinding> found = new ArrayList<>(findings);
    for (String entry : refused) {
      found.add(
          new TamperFinding(
              TamperFinding.Kind.FORBIDDEN_ENTRY,
              false,
              entry,
              "left out of the change: a link, a nested repository or a special file"));
    }
    return new GatherEvidence.Finished(id, agent, failure, redProblem, tests, tree, found);
  }
}
