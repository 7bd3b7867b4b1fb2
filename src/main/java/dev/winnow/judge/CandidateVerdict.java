package dev.winnow.judge;

import java.util.List;

/**
 * How one candidate fared.
 *
 * @param vetoes empty when it passed the gate
 * @param passed how many of the counted tests it passes
 * @param counted tests that count for this candidate: written by somebody else, red on the base,
 *     not flaky, applicable; 0 when it was vetoed
 * @param failed the counted tests that it does not pass, as {@code set/test id}
 * @param diffLines lines added and removed outside of its own tests
 */
public record CandidateVerdict(
    String candidate,
    String agent,
    List<Veto> vetoes,
    int passed,
    int counted,
    List<String> failed,
    int diffLines) {
  public CandidateVerdict {
    vetoes = List.copyOf(vetoes);
    failed = List.copyOf(failed);
  }
}
