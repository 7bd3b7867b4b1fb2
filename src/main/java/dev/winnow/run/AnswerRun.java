package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.judge.CandidateVerdict;
import dev.winnow.judge.Decision;
import dev.winnow.store.Database;
import dev.winnow.store.Jsonb;
import dev.winnow.workspace.SharedRemote;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A person's word on a run that waits for it: an approval before delivery, or the choice that the
 * evidence could not make. The run holds nothing meanwhile: it is a row. The first answer wins.
 */
public final class AnswerRun {

  private final Database database;
  private final DeliverApproved delivery;
  private final RunStore store;

  public AnswerRun(Database database, Path dataDirectory, Optional<SharedRemote> remote) {
    this.database = database;
    this.delivery = new DeliverApproved(database, dataDirectory, remote);
    this.store = new RunStore(database);
  }

  /**
   * Approves a candidate and delivers it, if the run was to deliver and the repository is here.
   *
   * @param candidate empty for the winner of the decision
   * @param by who says so
   * @return the new branch, or empty when there is none (yet)
   * @throws WinnowException of category USAGE when the run does not wait (any more)
   */
  public Optional<String> approve(UUID run, Optional<String> candidate, String by) {
    RunRecord record = store.find(run.toString());
    CandidateVerdict chosen = chosen(record, candidate);
    Map<String, Object> winner = Map.of("candidate", chosen.candidate(), "agent", chosen.agent());
    String reason = "%s was approved by %s.".formatted(chosen.candidate(), by);
    boolean here =
        store.stored(run).request().filter(RunRequest::branch).isPresent() && delivery.isHere(run);
    RunEvent.Answered answered = new RunEvent.Answered("approved", by, chosen.candidate(), reason);
    answer(record, answered, RunOutcome.ACCEPTED, winner, !here);
    return here ? delivery.deliver(run) : Optional.empty();
  }

  /** Rejects what waits; nothing is delivered. */
  public void reject(UUID run, Optional<String> why, String by) {
    String reason = "Rejected by %s%s".formatted(by, why.map(w -> ": " + w).orElse("."));
    RunEvent.Answered answered = new RunEvent.Answered("rejected", by, null, reason);
    answer(store.find(run.toString()), answered, RunOutcome.NONE, null, true);
  }

  /**
   * One statement decides who was first; what it changes and what is told of it are one
   * transaction, or whoever watches would wait for the end of a run whose person's process died.
   *
   * @param over whether nothing is to be done after it
   */
  private void answer(
      RunRecord record,
      RunEvent.Answered answered,
      RunOutcome outcome,
      @Nullable Map<String, Object> winner,
      boolean over) {
    Map<String, Object> result = new HashMap<>(record.result());
    result.put("outcome", outcome.label());
    result.put("reason", answered.reason());
    result.put("winner", winner);
    result.remove("waiting");
    boolean first =
        database.inTransaction(transaction -> {
          int changed =
              transaction.update(
                  """
                  update run set answer = ?, answered_by = ?, answered_at = clock_timestamp(),
                    outcome = ?, result = ?
                  where id = ? and waits_for is not null and answer is null
                    and (waits_until is null or waits_until > clock_timestamp())
                  """,
                  answered.answer(),
                  answered.by(),
                  outcome.label(),
                  Jsonb.of(result),
                  record.id());
          if (changed == 1) {
            // its owner is this process, whose end means that nobody is at the delivery any more
            Lease lease = Lease.acquire(transaction, record.id(), Node.name());
            EventLog.add(transaction, lease, answered);
            if (over) {
              EventLog.add(transaction, lease, RunResult.finished(result));
            }
          }
          return changed == 1;
        });
    if (!first) {
      delivery.ifLeftBehind(record.id());
      throw WinnowException.usage(whyNot(record.id()));
    }
  }

  private String whyNot(UUID run) {
    return database
        .queryOne(
            """
            select waits_for, answer, answered_by, waits_until, outcome,
              to_char(answered_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at,
              to_char(waits_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as until,
              result ->> 'branch' as branch, coalesce(request ->> 'branch', '') = 'true' as wanted
            from run where id = ?
            """,
            row -> {
              String answer = row.textOrNull("answer");
              if (row.textOrNull("waits_for") == null) {
                return "Run %s does not wait for a person (%s)."
                    .formatted(run, row.optionalText("outcome").orElse("not over"));
              }
              if (answer == null || answer.equals("expired")) {
                return "Run %s waited until %s UTC, and nobody answered: fork it from its last checkpoint, or run it again."
                    .formatted(run, row.optionalText("until").orElse("?"));
              }
              String told =
                  "Run %s was %s already by %s at %s UTC."
                      .formatted(
                          run,
                          answer,
                          row.optionalText("answered_by").orElse("somebody"),
                          row.optionalText("at").orElse("?"));
              if (!answer.equals("approved") || !row.flag("wanted")) {
                return told;
              }
              String branch = row.textOrNull("branch");
              return branch == null
                  ? told
                      + " 'winnow runs deliver "
                      + run
                      + "' creates the branch where the repository is."
                  : told + " The change is on branch " + branch + ".";
            },
            run)
        .orElse("There is no run " + run + ".");
  }

  private CandidateVerdict chosen(RunRecord record, Optional<String> wanted) {
    Decision decision = record.decision();
    if (decision == null) {
      throw WinnowException.usage(whyNot(record.id()));
    }
    List<CandidateVerdict> passed =
        decision.candidates().stream().filter(c -> c.vetoes().isEmpty()).toList();
    String id = wanted.orElse(decision.winner());
    String known =
        passed.isEmpty()
            ? "none passed the gate"
            : passed.stream().map(CandidateVerdict::candidate).collect(Collectors.joining(", "));
    if (id == null) {
      throw WinnowException.usage(
          "Name the candidate: winnow runs approve %s CANDIDATE (%s)."
              .formatted(record.id(), known));
    }
    return passed.stream()
        .filter(c -> c.candidate().equals(id))
        .findFirst()
        .orElseThrow(() ->
            WinnowException.usage(
                "'%s' is no candidate of run %s that passed the gate (%s)."
                    .formatted(
                        id.length() > 20 ? "..." : id.replaceAll("\\p{Cntrl}", "?"),
                        record.id(),
                        known)));
  }

  /** What a run that waits is waiting for, and how to answer; empty for others. */
  public static Optional<String> waiting(Database database, UUID run) {
    return database.queryOne(
        """
        select waits_for, to_char(waits_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as until
        from run where id = ? and waits_for is not null and answer is null
          and (waits_until is null or waits_until > clock_timestamp())
        """,
        row ->
            "A person must decide%s: winnow runs approve %s%s, or winnow runs reject %s --reason TEXT."
                .formatted(
                    row.optionalText("until").map(u -> " until " + u + " UTC").orElse(""),
                    run,
                    row.text("waits_for").equals("choice") ? " CANDIDATE" : "",
                    run),
        run);
  }
}
