package dev.winnow.app;

import dev.winnow.agent.Credentials;
import dev.winnow.agent.Driver;
import dev.winnow.agent.Provider;
import dev.winnow.agent.tool.ToolSettings;
import dev.winnow.http.ServerOptions;
import dev.winnow.telemetry.TelemetrySettings;
import dev.winnow.telemetry.TraceContext;
import dev.winnow.workspace.ChooseSandbox;
import dev.winnow.workspace.SharedRemote;
import dev.winnow.workspace.egress.AllowedHost;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the operator decided.
 *
 * @param databaseUrl an external PostgreSQL, or null for the embedded one; may hold a password
 * @param snapshots where nodes leave candidates' files for each other, or null for the database
 * @param tools which tools agents get, and their limits
 * @param agents by name: declared ones in their order, then those that appear by themselves
 * @param credentials the keys that those agents name
 * @param programs where agents that are programs of their own are found
 * @param upstream the proxy of this machine's network
 * @param outerSpan the span in which this process was started, from {@code TRACEPARENT}
 * @param server how 'winnow serve' faces the network
 * @param sources where each value that was set came from; never a value
 */
record Settings(
    Path dataDirectory,
    @Nullable String databaseUrl,
    @Nullable SharedRemote snapshots,
    ChooseSandbox.Preference sandbox,
    ToolSettings tools,
    Map<String, AgentSetting> agents,
    LimitSettings limits,
    ModelSettings models,
    KeepSettings keep,
    Credentials credentials,
    ProgramSettings programs,
    UpstreamProxy upstream,
    TelemetrySettings telemetry,
    Optional<TraceContext> outerSpan,
    ServerOptions server,
    Map<String, String> sources) {

  static final String POSTGRESQL = "postgresql";

  Settings {
    agents = Collections.unmodifiableMap(new LinkedHashMap<>(agents));
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
  }

  /**
   * Who works when nobody is named: both providers in dual mode, else what is declared, else the
   * provider of {@code LLM_PROVIDER}, else whatever is there.
   */
  List<String> usualAgents() {
    if (models.dual()) {
      return List.of(Provider.OPENAI.label(), Provider.ANTHROPIC.label());
    }
    List<String> declared =
        agents.values().stream().filter(AgentSetting::declared).map(AgentSetting::name).toList();
    if (!declared.isEmpty()) {
      return declared;
    }
    Provider provider = models.provider();
    return provider == null ? List.copyOf(agents.keySet()) : List.of(provider.label());
  }

  /** The same, when a value came from a better source. */
  Settings from(String key, String source) {
    Map<String, String> changed = new LinkedHashMap<>(sources);
    changed.put(key, source);
    return new Settings(
        dataDirectory,
        databaseUrl,
        snapshots,
        sandbox,
        tools,
        agents,
        limits,
        models,
        keep,
        credentials,
        programs,
        upstream,
        telemetry,
        outerSpan,
        server,
        changed);
  }

  /**
   * One setting as people may see it; its components are the JSON form.
   *
   * @param value never a secret
   * @param source file and line, variable or option; {@code default} when nothing sets it
   */
  record Shown(String setting, String value, String source) {}

  List<Shown> shown() {
    List<Shown> shown = new ArrayList<>();
    shown.add(shown("data-dir", dataDirectory.toString()));
    shown.add(shown("database-url", databaseUrl == null ? "embedded" : "set, not shown"));
    shown.add(shown("snapshots", snapshots == null ? POSTGRESQL : snapshots.shown()));
    shown.add(shown("sandbox", sandbox.name().toLowerCase(Locale.ROOT)));
    shown.add(shown("fs-tools", String.valueOf(tools.files())));
    shown.add(
        shown(
            "http-fetch",
            tools
                .fetch()
                .map(f -> "%d s, %,d characters".formatted(f.timeout().toSeconds(), f.maxChars()))
                .orElse("off")));
    shown.add(
        shown(
            "agent-browser",
            tools
                .browser()
                .map(b -> "%d s, hosts %s".formatted(b.timeout().toSeconds(), hosts(b)))
                .orElse("off")));
    shown.add(shown("proxy", upstream.shown()));
    upstream
        .certificates()
        .ifPresent(file -> shown.add(shown("certificates", "the JDK's and " + file)));
    shown.add(shown("limits.parallelism", String.valueOf(limits.parallelism())));
    shown.add(shown("limits.test-time", Durations.write(limits.testTime())));
    shown.add(shown("limits.command-time", Durations.write(limits.commandTime())));
    for (Driver driver : Driver.values()) {
      String variable = ProgramSettings.delegateVariable(driver);
      shown.add(shown(variable, String.valueOf(programs.delegates().contains(driver))));
    }
    programs
        .paths()
        .forEach((driver, path) -> shown.add(shown(driver.label() + "-path", path.toString())));
    shown.add(shown("limits.runs", String.valueOf(limits.queue().runs())));
    shown.add(
        shown("limits.all-runs", limits.queue().allRuns().map(String::valueOf).orElse("no limit")));
    limits
        .queue()
        .perProvider()
        .forEach((provider, runs) ->
            shown.add(shown("limits.provider-runs." + provider, String.valueOf(runs))));
    shown.add(shown("agents", agents.isEmpty() ? "none" : String.join(", ", agents.keySet())));
    shown.add(shown("server.host", server.host()));
    shown.add(shown("server.port", String.valueOf(server.port())));
    shown.add(shown("server.hosts", listed(server.hosts())));
    shown.add(shown("server.trusted-proxies", listed(server.proxies())));
    shown.add(shown("server.tls", server.tls().map(t -> t.certificate().toString()).orElse("off")));
    shown.add(
        shown(
            "server.repositories",
            listed(server.repositories().stream().map(Path::toString).toList())));
    shown.add(
        shown(
            "server.webhooks",
            listed(server.webhooks().stream().map(ServerOptions.Webhook::shown).toList())));
    shown.addAll(keep.shown(sources));
    shown.addAll(models.shown(sources, credentials));
    shown.addAll(ReadTelemetry.shown(telemetry, sources));
    return shown;
  }

  private static String listed(java.util.Collection<String> values) {
    return values.isEmpty() ? "none" : String.join(", ", values.stream().sorted().toList());
  }

  private static String hosts(ToolSettings.Browser browser) {
    return String.join(", ", browser.hosts().stream().map(AllowedHost::shown).toList());
  }

  private Shown shown(String key, String value) {
    return new Shown(key, value, sources.getOrDefault(key, "default"));
  }

  /**
   * Limits of the machine.
   *
   * @param parallelism commands of candidates and test runs at the same time
   * @param testTime wall time of one test run
   * @param commandTime wall time of one command of an agent
   * @param queue runs at the same time
   */
  record LimitSettings(
      int parallelism, Duration testTime, Duration commandTime, QueueLimits queue) {
    static LimitSettings usual() {
      return new LimitSettings(
          Math.max(1, Runtime.getRuntime().availableProcessors()),
          Duration.ofMinutes(10),
          Duration.ofMinutes(5),
          QueueLimits.usual());
    }
  }
}
