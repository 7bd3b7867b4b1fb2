package dev.winnow.run;

import dev.winnow.checkpoint.Lease;
import dev.winnow.store.Database;
import dev.winnow.store.Jsonb;
import dev.winnow.telemetry.RecordSpans.Recorded;
import dev.winnow.telemetry.TelemetryCollector;
import dev.winnow.telemetry.TraceContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Where the spans of runs are, so that other processes and people find them. */
public final class TraceStore {

  /** The run as a whole. */
  public static final String RUN = "run";

  static final String DECISION = "decision";

  private final Database database;

  public TraceStore(Database database) {
    this.database = database;
  }

  /** The span in which the run was submitted. */
  Optional<TraceContext> submitter(UUID run) {
    return database
        .queryOne(
            "select traceparent from run where id = ?",
            row -> row.optionalText("traceparent").flatMap(TraceContext::parse),
            run)
        .flatMap(found -> found);
  }

  /**
   * The newest attempt before this lease: the trace that was interrupted. Of a fork's first attempt
   * the newest one of the run that it goes on from.
   */
  Optional<TraceContext> before(Lease lease) {
    return database
        .queryOne(
            """
            select t.traceparent from run r join trace t on t.subject = ?
              and (t.run_id = r.id and t.epoch < ? or t.run_id = r.parent)
            where r.id = ? order by t.run_id = r.id desc, t.epoch desc limit 1
            """,
            row -> TraceContext.parse(row.text("traceparent")),
            RUN,
            lease.epoch(),
            lease.run())
        .flatMap(found -> found);
  }

  /** Remembers where the spans of a part of the run are; nothing where there are none. */
  void save(Lease lease, String subject, Optional<TraceContext> trace) {
    if (trace.isEmpty()) {
      return;
    }
    Optional<String> url = TelemetryCollector.current().flatMap(c -> c.url(trace.get()));
    int _ =
        database.inRepeatableTransaction(transaction ->
            transaction.update(
                """
                insert into trace (run_id, epoch, subject, traceparent, url)
                select id, ?, ?, ?, ? from run where id = ? and lease_epoch = ?
                on conflict (run_id, epoch, subject) do nothing
                """,
                lease.epoch(),
                subject,
                trace.get().header(),
                url.orElse(null),
                lease.run(),
                lease.epoch()));
  }

  /** Stores spans for the timeline, those that go on as well; a lost lease stores nothing. */
  void save(Lease lease, List<Recorded> spans) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Recorded span : spans) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("id", span.id());
      row.put("parent", span.parent());
      row.put("name", span.name());
      row.put("candidate", span.candidate());
      row.put("started_at", span.start().toString());
      Instant end = span.end();
      if (end != null) {
        row.put("ended_at", end.toString());
      }
      row.put("error", span.error());
      rows.add(row);
    }
    int _ =
        database.inRepeatableTransaction(transaction ->
            transaction.update(
                """
                insert into span (run_id, epoch, id, parent, name, candidate, started_at, ended_at, error)
                select r.id, r.lease_epoch, s.id, s.parent, s.name, s.candidate, s.started_at,
                  s.ended_at, s.error
                from run r, jsonb_to_recordset(?) as s(id bigint, parent bigint, name text,
                  candidate text, started_at timestamptz, ended_at timestamptz, error text)
                where r.id = ? and r.lease_epoch = ?
                on conflict (run_id, epoch, id) do update set ended_at = excluded.ended_at,
                  error = excluded.error
                """,
                Jsonb.of(rows),
                lease.run(),
                lease.epoch()));
  }

  /** All spans of a run, attempt by attempt, in the order of their beginnings. */
  public List<TimelineSpan> timeline(UUID run) {
    return database.query(
        "select epoch, id, parent, name, candidate, started_at, ended_at, error from span"
            + " where run_id = ? order by epoch, id",
        row ->
            new TimelineSpan(
                row.number("epoch"),
                row.number("id"),
                row.number("parent"),
                row.text("name"),
                row.text("candidate"),
                row.instant("started_at"),
                row.instantOrNull("ended_at"),
                row.text("error")),
        run);
  }

  /** Links to the newest traces, by what they are about; empty without a template for links. */
  public Map<String, String> links(UUID run) {
    Map<String, String> links = new LinkedHashMap<>();
    database
        .query(
            "select distinct on (subject) subject, url from trace where run_id = ? and url is not null"
                + " order by subject, epoch desc",
            row -> Map.entry(row.text("subject"), row.text("url")),
            run)
        .forEach(link -> links.put(link.getKey(), link.getValue()));
    return links;
  }
}
