package dev.winnow.evidence;

import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.tamper.TamperFinding;
import java.util.List;

/**
 * Whether an implementation passes its author's own tests and breaks nothing.
 *
 * @param passed tests of both runs
 * @param failed tests of both runs, those included that did not run though expected
 * @param reason one clear line, also for the agent
 * @param quoted failures for the repair prompt, quoted and capped, untrusted; may be empty
 * @param own the own tests on the own code
 * @param tests the author's set, frozen again when it was changed and is still red on the base
 * @param findings own tests that were changed after they were frozen
 * @param infrastructure the reason is not the agent's fault: nothing could be run
 */
public record GreenResult(
    boolean green,
    int passed,
    int failed,
    String reason,
    String quoted,
    TestRun own,
    TestSet tests,
    List<TamperFinding> findings,
    boolean infrastructure) {

  public GreenResult {
    findings = List.copyOf(findings);
  }
}
