package dev.winnow.run;

import dev.winnow.store.Database;
import java.util.HashMap;
import java.util.Map;

/**
 * What an agent did so far.
 *
 * @param runs decided ones in which it took part
 * @param wins those that it won
 * @param costMicros of its candidates, in millionths of a US dollar
 * @param tokens of its candidates
 */
public record AgentRecord(long runs, long wins, long costMicros, long tokens) {

  public static final AgentRecord NONE = new AgentRecord(0, 0, 0, 0);

  /** By name, as far as somebody sees the runs. The copies of an agent are one. */
  public static Map<String, AgentRecord> all(Database database, Whose whose) {
    Map<String, AgentRecord> all = new HashMap<>();
    database
        .query(
            """
            select regexp_replace(c.agent, '#[0-9]+$', '') as agent,
              count(distinct c.run_id) filter (where r.decision is not null) as runs,
              count(*) filter (where r.result -> 'winner' ->> 'candidate' = c.id) as wins,
              coalesce(sum(s.cost), 0)::bigint as cost, coalesce(sum(s.tokens), 0)::bigint as tokens
            from candidate c join run r on r.id = c.run_id
            left join (select run_id, candidate, sum(cost_micros) as cost,
                sum(input_tokens + output_tokens) as tokens from ledger group by 1, 2) s
              on s.run_id = c.run_id and s.candidate = c.id
            where ? or r.submitter = ?
            group by 1
            """,
            row ->
                Map.entry(
                    row.text("agent"),
                    new AgentRecord(
                        row.number("runs"),
                        row.number("wins"),
                        row.number("cost"),
                        row.number("tokens"))),
            whose.all(),
            whose.name())
        .forEach(entry -> all.put(entry.getKey(), entry.getValue()));
    return all;
  }
}
