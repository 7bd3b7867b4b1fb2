package dev.winnow.app;

import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.LedgerReader;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.judge.Decision;
import dev.winnow.run.AnswerStore;
import dev.winnow.run.CandidateRecord;
import dev.winnow.run.CoverCriteria;
import dev.winnow.run.RunRecord;
import dev.winnow.run.RunSource;
import dev.winnow.run.RunStore;
import dev.winnow.run.TraceStore;
import dev.winnow.store.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Collects what the final report of a run shows, from the run's row, candidates and events. */
final class LoadReport {

  private final Database database;
  private final RunStore runs;
  private final EventReader events;

  LoadReport(Database database, RunStore runs, EventReader events) {
    this.database = database;
    this.runs = runs;
    this.events = events;
  }

  ReportView of(RunRecord run, @Nullable Decision decision, String outcome) {
    Map<String, Usage> usage = new TreeMap<>();
    for (CandidateRecord candidate : runs.candidates(run.id())) {
      usage.put(candidate.id(), candidate.usage());
    }
    String sandbox = "";
    List<String> notices = new ArrayList<>();
    for (RecordedEvent recorded : events.read(run.id(), 0, Integer.MAX_VALUE)) {
      if (recorded.event() instanceof RunEvent.RunCreated created) {
        sandbox = created.sandbox();
      } else if (recorded.event() instanceof RunEvent.Notice notice) {
        notices.add(notice.text());
      }
    }
    Optional<RunSource> source = runs.source(run.id());
    Object branch = run.result().get("branch");
    return new ReportView(
        run.id().toString(),
        run.task(),
        run.repository(),
        sandbox,
        outcome,
        String.valueOf(run.result().getOrDefault("reason", "")),
        run.evidence(),
        decision,
        branch == null ? null : branch.toString(),
        usage,
        new LedgerReader(database).spent(run.id()),
        notices,
        answers(run.id()),
        AnswerStore.judgement(database, run.id()).orElse(null),
        new TraceStore(database).links(run.id()),
        source.flatMap(RunSource::spec).map(UUID::toString).orElse(null),
        run.evidence() == null
            ? List.of()
            : CoverCriteria.of(
                source.map(RunSource::criteria).orElse(List.of()),
                run.evidence(),
                decision == null ? null : decision.winner()));
  }

  private List<ReportView.AnswerView> answers(UUID run) {
    return AnswerStore.answers(database, run).stream()
        .map(answer ->
            new ReportView.AnswerView(
                answer.candidate(),
                answer.agent(),
                answer.text() == null ? "" : answer.text(),
                answer.failure()))
        .toList();
  }
}
