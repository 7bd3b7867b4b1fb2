package dev.winnow.telemetry;

import dev.winnow.Fork;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;

/**
 * Everything that is counted and measured, one method for each fact. Counters are this process's
 * own: the sum over all nodes is the number of the database.
 */
public final class Metrics {

  private static final List<Double> SECONDS =
      List.of(
          0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0);

  /** Those of the conventions for generative AI. */
  private static final List<Double> CALL_SECONDS =
      List.of(
          0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
          163.84, 327.68);

  private static final List<Double> LAG =
      List.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0);
  private static final List<Long> TOKENS =
      List.of(1L, 4L, 16L, 64L, 256L, 1024L, 4096L, 16384L, 65536L, 262144L, 1048576L);

  /** After the lists that its instruments are made with. */
  private static final Metrics NONE =
      new Metrics(OpenTelemetry.noop().getMeter("winnow"), new Labels(false));

  private final Labels labels;
  private final LongCounter runs;
  private final DoubleHistogram runTime;
  private final LongCounter candidates;
  private final LongCounter vetoes;
  private final LongCounter testRuns;
  private final LongCounter cells;
  private final LongCounter judgements;
  private final LongCounter decisions;
  private final LongCounter calls;
  private final DoubleHistogram callTime;
  private final LongHistogram callTokens;
  private final LongCounter tokens;
  private final DoubleCounter cost;
  private final LongCounter retries;
  private final DoubleHistogram limiterWait;
  private final LongCounter leases;
  private final LongCounter hits;
  private final LongCounter writes;
  private final LongCounter sandbox;
  private final DoubleHistogram eventLag;
  private final LongCounter tools;
  private final DoubleHistogram requests;

  Metrics(Meter meter) {
    this(meter, new Labels(true));
  }

  private Metrics(Meter meter, Labels labels) {
    this.labels = labels;
    runs =
        counter(meter, "winnow.runs.finished", "{run}", "Runs that came to an end on this node.");
    runTime =
        seconds(
            meter, "winnow.run.duration", "Time from the creation of a run to its end.", SECONDS);
    candidates =
        counter(
            meter, "winnow.candidates.finished", "{candidate}", "Candidates that came to an end.");
    vetoes =
        counter(
            meter, "winnow.gate.vetoes", "{veto}", "Candidates that the gate kept out, by reason.");
    testRuns =
        counter(
            meter,
            "winnow.test.runs",
            "{run}",
            "Test runs that were made; recorded ones are not repeated.");
    cells = counter(meter, "winnow.matrix.cells", "{cell}", "Cells of matrices, by outcome.");
    judgements =
        counter(
            meter,
            "winnow.judge.judgements",
            "{judgement}",
            "What the model judge came to, asked in both orders.");
    decisions = counter(meter, "winnow.decisions", "{decision}", "Decisions by rule and outcome.");
    calls = counter(meter, "winnow.model.calls", "{call}", "Calls of models, by status.");
    callTime = seconds(meter, GenAi.CALL_DURATION, "Time of calls of models.", CALL_SECONDS);
    callTokens =
        meter
            .histogramBuilder(GenAi.TOKEN_USAGE)
            .ofLongs()
            .setUnit("{token}")
            .setDescription("Tokens of a call of a model.")
            .setExplicitBucketBoundariesAdvice(TOKENS)
            .build();
    tokens =
        counter(
            meter,
            "winnow.tokens",
            "{token}",
            "Tokens by agent; cached is a part of input, reasoning of output.");
    cost =
        meter
            .counterBuilder("winnow.cost.usd")
            .ofDoubles()
            .setDescription("Cost at list price, in US dollars, by agent.")
            .build();
    retries =
        counter(meter, "winnow.model.retries", "{retry}", "Calls of models that were tried again.");
    limiterWait =
        seconds(
            meter,
            "winnow.limiter.wait",
            "Time that calls waited for a provider's limits.",
            SECONDS);
    leases = counter(meter, "winnow.lease.losses", "{lease}", "Runs that another node took over.");
    hits =
        counter(
            meter,
            "winnow.journal.hits",
            "{step}",
            "Steps whose recorded result was taken instead of repeating them.");
    writes = counter(meter, "winnow.journal.writes", "{step}", "Steps that were recorded.");
    sandbox =
        counter(
            meter,
            "winnow.sandbox.failures",
            "{command}",
            "Commands that the sandbox ended, or could not start.");
    eventLag =
        seconds(
            meter, "winnow.event.lag", "Time from an event's record to a follower's receipt.", LAG);
    tools = counter(meter, "winnow.tool.calls", "{call}", "Calls of tools, by outcome.");
    requests =
        seconds(meter, "http.server.request.duration", "Duration of HTTP server requests.", LAG);
    beginAtZero();
  }

  /** Prometheus sees no increase of a counter that was not there before: alerts look at these. */
  private void beginAtZero() {
    leases.add(0);
    hits.add(0);
    writes.add(0);
    for (String kind : List.of("answer", "change")) {
      runs.add(0, labels.of("kind", kind, "outcome", "failed"));
    }
  }

  /**
   * @param route the pattern, not the path: ids would be values without end
   */
  public void requestServed(String method, String scheme, String route, int status, Duration time) {
    requests.record(
        seconds(time),
        labels.of(
            "http.request.method",
            method,
            "url.scheme",
            scheme,
            "http.route",
            route,
            "http.response.status_code",
            String.valueOf(status)),
        context());
  }

  /** Those of the work of this moment; nothing happens where nobody collects any. */
  public static Metrics current() {
    Current current = Current.get();
    return current == null ? NONE : current.collector().metrics();
  }

  /** The same in another thread: counts there as if it were done here and now. */
  public static Runnable carried(Runnable counting) {
    Current current = Current.get();
    return current == null ? () -> {} : () -> ScopedValue.where(Fork.ALONG, current).run(counting);
  }

  static Metrics none() {
    return NONE;
  }

  private static LongCounter counter(Meter meter, String name, String unit, String description) {
    return meter.counterBuilder(name).setUnit(unit).setDescription(description).build();
  }

  private static DoubleHistogram seconds(
      Meter meter, String name, String description, List<Double> buckets) {
    return meter
        .histogramBuilder(name)
        .setUnit("s")
        .setDescription(description)
        .setExplicitBucketBoundariesAdvice(buckets)
        .build();
  }

  private void count(LongCounter counter, String... pairs) {
    counter.add(1, labels.of(pairs), context());
  }

  /** With the span of the moment, exemplars lead from a number to its trace. */
  private static Context context() {
    Current current = Current.get();
    return current == null ? Context.root() : current.context();
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  /**
   * @param kind change or answer
   */
  public void runFinished(String kind, String outcome, Duration time) {
    count(runs, "kind", kind, "outcome", outcome);
    runTime.record(seconds(time), labels.of("kind", kind, "outcome", outcome), context());
  }

  /** The candidate of the moment. */
  public void candidateFinished(String outcome) {
    count(candidates, "agent", agent(), "outcome", outcome);
  }

  public void vetoed(String reason) {
    count(vetoes, "reason", reason);
  }

  public void testsRun(String outcome) {
    count(testRuns, "outcome", outcome);
  }

  public void cell(String outcome) {
    count(cells, "outcome", outcome);
  }

  /**
   * @param result agreed, disagreed, undecided, failed
   */
  public void judged(String result) {
    count(judgements, "result", result);
  }

  public void decided(String rule, String outcome) {
    count(decisions, "rule", rule, "outcome", outcome);
  }

  /**
   * @param status ok, or why it failed
   */
  public void modelCalled(String provider, String model, String status, Duration time) {
    count(calls, "provider", provider, "model", model, "status", status);
    callTime.record(
        seconds(time),
        status.equals("ok")
            ? labels.of(
                GenAi.OPERATION, GenAi.CHAT, GenAi.PROVIDER, provider, GenAi.REQUEST_MODEL, model)
            : labels.of(
                GenAi.OPERATION,
                GenAi.CHAT,
                GenAi.PROVIDER,
                provider,
                GenAi.REQUEST_MODEL,
                model,
                "error.type",
                status),
        context());
  }

  private static String agent() {
    Current current = Current.get();
    return current == null ? "" : current.agent();
  }

  /**
   * What one call of the agent of the moment used, at the provider's own count.
   *
   * @param operation by the conventions for generative AI: chat, invoke_agent
   */
  public void used(String operation, String provider, String model, Tokens used, long costMicros) {
    String agent = agent();
    tokens(agent, "input", used.input());
    tokens(agent, "output", used.output());
    tokens(agent, "cached", used.cached());
    tokens(agent, "reasoning", used.reasoning());
    cost.add(costMicros / 1e6, labels.of("agent", agent), context());
    call(operation, provider, model, "input", used.input());
    call(operation, provider, model, "output", used.output());
  }

  private void call(String operation, String provider, String model, String type, long count) {
    callTokens.record(
        count,
        labels.of(
            GenAi.OPERATION,
            operation,
            GenAi.PROVIDER,
            provider,
            GenAi.REQUEST_MODEL,
            model,
            GenAi.TOKEN_TYPE,
            type),
        context());
  }

  /** Tokens of one call. */
  public record Tokens(long input, long output, long cached, long reasoning) {}

  private void tokens(String agent, String type, long count) {
    if (count > 0) {
      tokens.add(count, labels.of("agent", agent, "type", type), context());
    }
  }

  public void retried(String provider) {
    count(retries, "provider", provider);
  }

  public void waited(String provider, Duration time) {
    limiterWait.record(seconds(time), labels.of("provider", provider), context());
  }

  public void leaseLost() {
    count(leases);
  }

  public void journalHit() {
    count(hits);
  }

  public void journalWritten() {
    count(writes);
  }

  /**
   * @param reason timeout, silent, out-of-memory, ...
   */
  public void sandboxFailed(String reason) {
    count(sandbox, "reason", reason);
  }

  public void eventReceived(Duration lag) {
    eventLag.record(Math.max(0, seconds(lag)), labels.of(), context());
  }

  public void toolCalled(String tool, boolean ok) {
    count(tools, "tool", tool, "outcome", ok ? "ok" : "failed");
  }
}
