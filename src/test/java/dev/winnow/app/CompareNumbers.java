package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.store.Database;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What a Prometheus has of the only node of a database, against what the database has.
 *
 * @param api of the Prometheus
 */
record CompareNumbers(String api, Database database) {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  void all() throws Exception {
    assertNumbers(
        "sum by (outcome) (winnow_runs_finished_total) > 0",
        "select outcome as name, count(*) as n from run where outcome is not null group by 1");
    assertNumbers(
        "winnow_runs > 0",
        "select case when outcome is not null then 'finished' when 'key:ANTHROPIC_API_KEY' = any(needs) then 'queued' else 'running' end as name, count(*) as n from run group by 1");
    assertNumbers(
        "sum by (job) (winnow_run_duration_seconds_count > 0)",
        "select 'winnow' as name, count(*) as n from run where outcome is not null");
    assertNumbers(
        "sum by (outcome) (winnow_runs_finished_total{kind=\"answer\"}) > 0",
        "select outcome as name, count(*) as n from run where kind = 'answer' and outcome is not null group by 1");
    assertNumbers(
        "sum by (reason) (winnow_gate_vetoes_total)",
        "select v ->> 'class' as name, count(*) as n from run, jsonb_array_elements(result -> 'candidates') c, jsonb_array_elements(c -> 'vetoes') v group by 1");
    assertNumbers(
        "sum by (result) (winnow_judge_judgements_total)",
        """
        select name, count(*) as n from (
        select case when count(v.winner) < 2 then case when bool_or(v.verdict is null) then 'unusable' else 'undecided' end
            when min(v.winner) = max(v.winner) then 'agreed' else 'disagreed' end as name
        from run r, lateral (select o -> 'verdict' as verdict, o -> 'verdict' ->> 'winner' as winner
          from jsonb_array_elements(r.judgement -> 'opinions') o) v
        group by r.id) judged group by 1
        """);
    assertNumbers(
        "sum by (rule) (winnow_decisions_total)",
        "select body ->> 'rule' as name, count(*) as n from event where body ->> 'type' = 'decided' group by 1");
    assertNumbers(
        "sum by (model) (winnow_model_calls_total{provider=\"scripted\",status=\"ok\"})",
        "select 'scripted' as name, count(*) as n from step where state = 'done' and key like '%/call'");
    assertNumbers(
        "sum by (gen_ai_request_model) (gen_ai_client_operation_duration_seconds_count{error_type=\"\"})",
        "select 'scripted' as name, count(*) as n from step where state = 'done' and key like '%/call'");
    assertNumbers(
        "sum by (agent) (winnow_candidates_finished_total)",
        "select agent as name, count(*) as n from candidate group by 1");
    assertNumbers(
        "sum by (outcome) (winnow_matrix_cells_total)",
        "select body ->> 'outcome' as name, count(*) as n from event where body ->> 'type' = 'cell-finished' group by 1");
    assertNumbers(
        "sum by (tool) (winnow_tool_calls_total)",
        "select body ->> 'tool' as name, count(*) as n from event where body ->> 'type' = 'tool-returned' group by 1");
    assertNumbers(
        "sum by (job) (winnow_journal_writes_total)",
        "select 'winnow' as name, count(*) as n from step where state = 'done'");
    assertNumbers(
        "sum by (job) (winnow_test_runs_total)",
        "select 'winnow' as name, count(*) as n from step where state = 'done' and key like 'tests/%'");
    assertNumbers(
        "sum by (job) (winnow_cost_usd_total * 1e6)",
        "select 'winnow' as name, sum(cost_micros) as n from ledger");
    assertNumbers(
        "sum by (type) (winnow_tokens_total)",
        """
        select t.name, sum(t.n) as n from ledger l, lateral (values ('input', l.input_tokens), ('output', l.output_tokens),
          ('cached', l.cached_input_tokens), ('reasoning', l.reasoning_tokens)) t (name, n)
        group by 1 having sum(t.n) > 0
        """);
    assertNumbers(
        "sum by (gen_ai_token_type) (gen_ai_client_token_usage_sum{gen_ai_provider_name=\"scripted\",gen_ai_operation_name=\"chat\"})",
        "select t.name, sum(t.n) as n from ledger l, lateral (values ('input', l.input_tokens), ('output', l.output_tokens)) t (name, n) group by 1");
    assertNumbers(
        "sum by (agent) (winnow_cost_usd_total * 1e6) > 0",
        "select coalesce(c.agent, r.options ->> 'tester') as name, sum(l.cost_micros) as n from ledger l join run r on r.id = l.run_id left join candidate c on c.run_id = l.run_id and c.id = l.candidate group by 1 having sum(l.cost_micros) > 0");
    assertNumbers(
        "sum by (job) (winnow_lease_losses_total)",
        "select 'winnow' as name, count(*) as n from run where lease_epoch > 1");
    assertNumbers(
        "sum by (job) (winnow_queue_depth)",
        "select 'winnow' as name, count(*) as n from scheduled_tasks where task_name = 'run' and not picked");
    // idle ones are closed at any time, and the test has connections of its own
    long allowed =
        database
            .queryOne("select current_setting('max_connections')::int as n", row -> row.number("n"))
            .orElseThrow();
    assertThat(number("sum(winnow_db_connections)")).isBetween(1.0, (double) allowed);
    assertThat(number("sum(winnow_db_waiting)")).isZero();
    double age = number("max(winnow_queue_age_seconds)");
    double now =
        database
            .queryOne(
                "select (extract(epoch from clock_timestamp() - created_at) * 1000)::bigint as n from run where 'key:ANTHROPIC_API_KEY' = any(needs)",
                row -> row.number("n") / 1e3)
            .orElseThrow();
    assertThat(age).isPositive().isLessThanOrEqualTo(now);
  }

  private JsonNode query(String query) throws Exception {
    String address = api + "query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Json.read(response.body(), JsonNode.class).path("data");
  }

  private double number(String query) throws Exception {
    JsonNode value = query(query).path("result").path(0).path("value").path(1);
    assertThat(value.isMissingNode()).as(query).isFalse();
    return value.asDouble();
  }

  /** The metric's values, by the one label that is left, are those of the statement. */
  private void assertNumbers(String metric, String sql) throws Exception {
    Map<String, Long> scraped = new HashMap<>();
    for (JsonNode series : query(metric).path("result")) {
      JsonNode labels = series.path("metric");
      String name =
          labels.has("state") ? labels.path("state").asText() : labels.elements().next().asText();
      scraped.put(name, Math.round(series.path("value").path(1).asDouble()));
    }
    Map<String, Long> stored = new HashMap<>();
    database
        .query(sql, row -> Map.entry(row.text("name"), row.number("n")))
        .forEach(row -> stored.put(row.getKey(), row.getValue()));
    assertThat(scraped).as(metric).isEqualTo(stored).isNotEmpty();
  }

  /** Prometheus takes the expression, whether there is a value already or not. */
  void assertIsVector(String expression) throws Exception {
    assertThat(query(expression).path("resultType").asText()).as(expression).isEqualTo("vector");
  }
}
