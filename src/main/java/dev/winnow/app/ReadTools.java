package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.agent.tool.FindBrowser;
import dev.winnow.agent.tool.ToolSettings;
import dev.winnow.app.Variables.Found;
import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.egress.AllowedHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the settings of the tools that reach out: {@code HTTP_FETCH_*} and {@code AGENT_BROWSER_*}.
 * Both are off unless somebody switches them on: what can fetch can also carry away what an agent
 * has read.
 */
final class ReadTools {

  private static final int MOST_SECONDS = 600;
  private static final int MOST_CHARS = 200_000;

  /** Decide what of this machine's network is reached: never from a file of a repository. */
  private static final List<String> OPERATOR_VARIABLES =
      List.of("WINNOW_PRIVATE_HOSTS", "AGENT_BROWSER_PROGRAM", "AGENT_BROWSER_EVAL_ENABLED");

  private final Variables variables;
  private final List<String> errors;
  private final Map<String, String> sources;

  ReadTools(Variables variables, List<String> errors, Map<String, String> sources) {
    this.variables = variables;
    this.errors = errors;
    this.sources = sources;
  }

  ToolSettings read(boolean files) {
    for (String name : OPERATOR_VARIABLES) {
      if (variables.dotEnv().containsKey(name)) {
        errors.add(
            "%s: %s: a .env file must not set this; export it in the environment"
                .formatted(variables.file(), name));
      }
    }
    List<String> named = list("WINNOW_PRIVATE_HOSTS", "private-hosts");
    hosts(named, "WINNOW_PRIVATE_HOSTS");
    return new ToolSettings(files, fetch(), browser(), AddressRule.PUBLIC_ONLY.allowing(named));
  }

  private Optional<ToolSettings.Fetch> fetch() {
    boolean on = flag("HTTP_FETCH_ENABLED", "http-fetch");
    Duration timeout =
        seconds(
            "HTTP_FETCH_TIMEOUT_SECONDS", "http-fetch.timeout", ToolSettings.Fetch.USUAL_TIMEOUT);
    int chars =
        number(
            "HTTP_FETCH_MAX_CHARS",
            "http-fetch.max-chars",
            ToolSettings.Fetch.USUAL_CHARS,
            MOST_CHARS);
    return on ? Optional.of(new ToolSettings.Fetch(timeout, chars)) : Optional.empty();
  }

  private Optional<ToolSettings.Browser> browser() {
    boolean on = flag("AGENT_BROWSER_ENABLED", "agent-browser");
    boolean eval = flag("AGENT_BROWSER_EVAL_ENABLED", "agent-browser.eval");
    Duration timeout =
        seconds(
            "AGENT_BROWSER_TIMEOUT_SECONDS",
            "agent-browser.timeout",
            ToolSettings.Browser.USUAL_TIMEOUT);
    List<String> named = list("AGENT_BROWSER_ALLOWED_HOSTS", "agent-browser.hosts");
    List<AllowedHost> hosts =
        hosts(named.isEmpty() ? List.of("*") : named, "AGENT_BROWSER_ALLOWED_HOSTS");
    return on
        ? Optional.of(
            new ToolSettings.Browser(FindBrowser.in(variables.environment()), timeout, hosts, eval))
        : Optional.empty();
  }

  private List<AllowedHost> hosts(List<String> named, String variable) {
    List<AllowedHost> hosts = new ArrayList<>();
    for (String host : named) {
      try {
        hosts.add(AllowedHost.parse(host));
      } catch (WinnowException e) {
        errors.add(variable + ": " + e.getMessage());
      }
    }
    return hosts;
  }

  private Optional<Found> found(String variable, String key) {
    Optional<Found> found = variables.find(variable);
    found.ifPresent(f -> sources.put(key, f.where()));
    return found;
  }

  private boolean flag(String variable, String key) {
    Optional<Found> found = found(variable, key);
    if (found.isEmpty()) {
      return false;
    }
    Optional<Boolean> flag = Flags.parse(found.get().value());
    if (flag.isEmpty()) {
      errors.add(found.get().where() + ": " + Flags.EXPECTED);
    }
    return flag.orElse(false);
  }

  private Duration seconds(String variable, String key, Duration usual) {
    return Duration.ofSeconds(number(variable, key, (int) usual.toSeconds(), MOST_SECONDS));
  }

  private int number(String variable, String key, int usual, int most) {
    Optional<Found> found = found(variable, key);
    if (found.isEmpty()) {
      return usual;
    }
    String value = found.get().value();
    if (value.matches("\\d{1,6}")
        && Integer.parseInt(value) >= 1
        && Integer.parseInt(value) <= most) {
      return Integer.parseInt(value);
    }
    errors.add("%s: expected a number from 1 to %,d".formatted(found.get().where(), most));
    return usual;
  }

  private List<String> list(String variable, String key) {
    return found(variable, key)
        .map(f -> Arrays.stream(f.value().split("[\\s,]+")).filter(h -> !h.isEmpty()).toList())
        .orElse(List.of());
  }
}
