package dev.winnow.run;

import dev.winnow.Json;
import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.Lease;
import dev.winnow.judge.DecideAnswer.Answer;
import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.store.Database;
import dev.winnow.store.Jsonb;
import dev.winnow.telemetry.Metrics;
import dev.winnow.telemetry.Span;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Answers and model judgements of one run, under its lease. */
public final class AnswerStore {

  private final Database database;
  private final Lease lease;

  AnswerStore(Database database, Lease lease) {
    this.database = database;
    this.lease = lease;
  }

  UUID run() {
    return lease.run();
  }

  /** Remembers where the spans of a part of the run are. */
  void trace(String subject, Span span) {
    new TraceStore(database).save(lease, subject, span.context());
  }

  void save(Answer answer, Usage usage) {
    int saved =
        database.inRepeatableTransaction(transaction ->
            transaction.update(
                """
                insert into candidate (run_id, id, agent, state, reason, answer, usage)
                select r.id, ?, ?, ?, ?, ?, ? from run r where r.id = ? and r.lease_epoch = ?
                for key share of r
                on conflict (run_id, id) do update set state = excluded.state,
                  reason = excluded.reason, answer = excluded.answer, usage = excluded.usage
                """,
                answer.candidate(),
                answer.agent(),
                answer.failure() == null ? "ready" : "failed",
                answer.failure(),
                // PostgreSQL keeps no NUL in text
                answer.text() == null ? null : answer.text().replace('\0', '\uFFFD'),
                Jsonb.of(usage),
                lease.run(),
                lease.epoch()));
    if (saved == 0) {
      throw lease.lost();
    }
  }

  /** Counts it as well, unless an earlier attempt at the run did. */
  void save(ModelJudgement judgement) {
    if (update(" and judgement is null", judgement)) {
      Metrics.current().judged(judgement.agreement());
    } else if (!update("", judgement)) {
      throw lease.lost();
    }
  }

  private boolean update(String also, ModelJudgement judgement) {
    return database.update(
            "update run set judgement = ? where id = ? and lease_epoch = ?" + also,
            Jsonb.of(judgement),
            lease.run(),
            lease.epoch())
        > 0;
  }

  /** What a model judge said in a run; empty when none was asked. */
  public static Optional<ModelJudgement> judgement(Database database, UUID run) {
    return database
        .queryOne(
            "select judgement from run where id = ?", row -> row.optionalText("judgement"), run)
        .flatMap(json -> json)
        .map(json -> Json.read(json, ModelJudgement.class));
  }

  /** Empty for a run that asked no question. */
  public static List<Answer> answers(Database database, UUID run) {
    return database.query(
        """
        select c.id, c.agent, c.answer, c.state, c.reason from candidate c
        join run r on r.id = c.run_id
        where c.run_id = ? and r.kind = 'answer' order by length(c.id), c.id
        """,
        row ->
            new Answer(
                row.text("id"),
                row.text("agent"),
                row.textOrNull("answer"),
                row.text("state").equals("failed")
                    ? String.valueOf(row.textOrNull("reason"))
                    : null),
        run);
  }
}
