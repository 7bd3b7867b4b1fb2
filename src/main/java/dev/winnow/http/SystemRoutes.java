package dev.winnow.http;

import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentState;
import dev.winnow.run.AgentRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the machine offers, and how it is. */
final class SystemRoutes {

  /**
   * An agent, its state, and what it did so far in the runs that the asker may see.
   *
   * @param problem why it cannot be used, and what to do; empty when it can
   * @param detail model, program or address
   * @param source where it is declared
   * @param runs decided ones in which it took part
   * @param wins those that it won
   * @param costMicros in millionths of a US dollar
   */
  record AgentView(
      String name,
      String kind,
      AgentState.Status state,
      boolean usable,
      String problem,
      String detail,
      String source,
      long runs,
      long wins,
      long costMicros,
      long tokens) {}

  record AgentList(List<AgentView> items) {}

  record SettingList(List<Backend.Setting> items) {}

  record Health(String status) {}

  private final Backend backend;
  private final AtomicBoolean stopping;

  SystemRoutes(Backend backend, AtomicBoolean stopping) {
    this.backend = backend;
    this.stopping = stopping;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/agents", "listAgents", "The agents that are declared here.", this::agents)
            .answers(200, "The agents.", AgentList.class),
        Route.get(
                "/api/v1/settings",
                "listSettings",
                "The settings, and where each comes from.",
                this::settings)
            .forAccess(Route.Access.ADMIN)
            .answers(200, "The settings, without secrets.", SettingList.class),
        Route.get(
                "/healthz",
                "health",
                "Whether the process answers.",
                _ -> Reply.json(new Health("ok")))
            .forAccess(Route.Access.ANYBODY)
            .answers(200, "It does.", Health.class),
        Route.get(
                "/readyz",
                "readiness",
                "Whether requests can be served: the database answers, and the server is not stopping.",
                this::ready)
            .forAccess(Route.Access.ANYBODY)
            .answers(200, "They can.", Health.class)
            .answers(503, "They cannot.", Health.class),
        Route.get(
                "/metrics",
                "metrics",
                "Metrics for Prometheus: OpenMetrics with exemplars, or the older text format.",
                this::metrics)
            .answersText("text/plain", "Metrics."));
  }

  private Reply metrics(Request request) {
    String accept = String.valueOf(request.context().header("Accept"));
    return backend
        .telemetry()
        .page()
        .map(page -> page.content(accept))
        .map(content -> Reply.text(content.type(), content.body()))
        .orElseThrow(Problem::notFound);
  }

  private Reply agents(Request request) {
    Map<String, AgentRecord> records = AgentRecord.all(backend.database(), request.who().whose());
    List<AgentView> agents = new ArrayList<>();
    backend
        .agents()
        .configured()
        .forEach((name, config) ->
            agents.add(view(name, config, records.getOrDefault(name, AgentRecord.NONE))));
    return Reply.json(new AgentList(agents));
  }

  private AgentView view(String name, AgentConfig config, AgentRecord past) {
    AgentState state = backend.agents().state(name);
    return new AgentView(
        name,
        config.kind().name().toLowerCase(Locale.ROOT),
        state.status(),
        state.ready(),
        state.detail(),
        config.detail(),
        backend.agentSources().getOrDefault(name, ""),
        past.runs(),
        past.wins(),
        past.costMicros(),
        past.tokens());
  }

  private Reply settings(Request request) {
    return Reply.json(new SettingList(backend.settings().get()));
  }

  private Reply ready(Request request) {
    boolean ready = !stopping.get() && answers();
    return Reply.json(ready ? 200 : 503, new Health(ready ? "ready" : "not ready"));
  }

  private boolean answers() {
    try {
      return backend.database().queryOne("select 1 as one", row -> row.number("one")).isPresent();
    } catch (RuntimeException e) {
      return false;
    }
  }
}
