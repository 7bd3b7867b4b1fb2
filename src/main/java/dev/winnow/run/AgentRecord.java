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

  /**
   * By name, as far as somebody sees the runs. The copies of an agent are one; each run that has
   * any has the first. Rows are summed by the names as they are, so that few are matched.
   */
  public static Map<String, AgentRecord> all(Database database, Whose whose) {
    Map<String, AgentRecord> all = new HashMap<>();
    // who sees all runs need not look at them for what their candidates cost
    String seen = whose.all() ? "" : " where r.submitter = ?";
    String seenCalls = whose.all() ? "" : " join run r on r.id = l.run_id where r.submitter = ?";
    database
        .query(
            """
            select regexp_replace(a.agent, '#[0-9]+$', '') as agent,
              coalesce(sum(a.runs) filter (where a.agent !~ '#[0-9]+$' or a.agent like '%#1'),
                0)::bigint as runs,
              sum(a.wins)::bigint as wins, coalesce(sum(s.cost), 0)::bigint as cost,
              coalesce(sum(s.tokens), 0)::bigint as tokens
            from (select c.agent, count(*) filter (where r.decision is not null) as runs,
                count(*) filter (where r.result -> 'winner' ->> 'candidate' = c.id) as wins
              from candidate c join run r on r.id = c.run_id SEEN
              group by 1) a
            left join (select c.agent, sum(l.cost_micros) as cost,
                sum(l.input_tokens + l.output_tokens) as tokens
              from ledger l join candidate c on c.run_id = l.run_id and c.id = l.candidate
              CALLS group by 1) s
              on s.agent = a.agent
            group by 1
            """
                .replace("SEEN", seen)
                .replace("CALLS", seenCalls),
            row ->
                Map.entry(
                    row.text("agent"),
                    new AgentRecord(
                        row.number("runs"),
                        row.number("wins"),
                        row.number("cost"),
                        row.number("tokens"))),
            whose.all() ? new Object[0] : new Object[] {whose.name(), whose.name()})
        .forEach(entry -> all.put(entry.getKey(), entry.getValue()));
    return all;
  }
}
