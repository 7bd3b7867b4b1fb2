package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.judge.Decision;
import dev.winnow.store.Database;
import dev.winnow.workspace.Mirror;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The change of a candidate as a unified diff: against the base, or against another candidate. */
public final class DiffCandidate {

  private static final int MAX_BYTES = 16 << 20;

  private final Path dataDirectory;
  private final RunStore runs;

  public DiffCandidate(Database database, Path dataDirectory) {
    this.dataDirectory = dataDirectory;
    this.runs = new RunStore(database);
  }

  /**
   * @param candidate empty for the winner
   * @param against another candidate; empty for the base
   * @throws WinnowException of category USAGE when there is no such candidate, or no change of it
   */
  public String of(UUID id, Optional<String> candidate, Optional<String> against) {
    RunRecord run = runs.find(id.toString());
    String wanted = candidate.orElseGet(() -> winner(run));
    String commit = commit(run, wanted);
    String base = run.base();
    if (base == null) {
      throw noChange(wanted, id);
    }
    String before = against.map(other -> commit(run, other)).orElse(base);
    Mirror mirror = Mirror.open(dataDirectory, Path.of(run.repository()));
    return mirror.diff(mirror.treeOf(before), mirror.treeOf(commit), List.of(), MAX_BYTES);
  }

  private String commit(RunRecord run, String wanted) {
    List<CandidateRecord> candidates = runs.candidates(run.id());
    CandidateRecord found =
        candidates.stream()
            .filter(c -> c.id().equals(wanted))
            .findFirst()
            .orElseThrow(() ->
                WinnowException.usage(
                    "Run %s has no candidate '%s'; it has %s."
                        .formatted(run.id(), shown(wanted), names(candidates))));
    String commit = found.commit();
    if (commit == null) {
      throw noChange(wanted, run.id());
    }
    return commit;
  }

  private static String names(List<CandidateRecord> candidates) {
    return candidates.isEmpty()
        ? "none"
        : String.join(", ", candidates.stream().map(CandidateRecord::id).toList());
  }

  private static String shown(String untrusted) {
    String clean = untrusted.replaceAll("\\p{C}", "");
    return clean.length() > 40 ? clean.substring(0, 40) + "…" : clean;
  }

  private static WinnowException noChange(String candidate, UUID run) {
    return WinnowException.usage("Candidate %s of run %s has no change.".formatted(candidate, run));
  }

  private static String winner(RunRecord run) {
    Decision decision = run.decision();
    if (decision == null || decision.winner() == null) {
      throw WinnowException.usage(
          "Run %s has no winner: name a candidate, such as c1.".formatted(run.id()));
    }
    return decision.winner();
  }
}
