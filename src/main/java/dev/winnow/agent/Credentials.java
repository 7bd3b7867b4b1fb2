package dev.winnow.agent;

import dev.winnow.WinnowException;
import dev.winnow.telemetry.Redact;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The values of the environment variables that agents name as keys and in headers. It hands a value
 * only to whoever asks for its name, and never prints one.
 */
public final class Credentials {

  public static final Credentials NONE = new Credentials(Map.of());

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  private final Map<String, String> values;

  /**
   * @param values by variable; blank ones count as missing
   */
  public Credentials(Map<String, String> values) {
    this.values = Map.copyOf(values);
    Redact.know(this.values.values()); // as soon as it is in memory
  }

  public Optional<String> get(String variable) {
    String value = values.get(variable);
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }

  /** The variables that have a value. */
  public Set<String> names() {
    return values.keySet().stream()
        .filter(name -> get(name).isPresent())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The variables that a text such as <code>Bearer ${NAME}</code> names, in order. */
  public static List<String> variables(String template) {
    return VARIABLE.matcher(template).results().map(found -> found.group(1)).distinct().toList();
  }

  /** Those variables that an agent needs and that have no value. */
  public List<String> missing(AgentConfig config) {
    List<String> needed =
        switch (config) {
          case AgentConfig.Sdk sdk -> sdk.key().stream().toList();
          case AgentConfig.Cli cli -> cli.key().stream().toList();
          case AgentConfig.Http http ->
              http.headers().values().stream().flatMap(v -> variables(v).stream()).toList();
          case AgentConfig.Scripted _ -> List.of();
        };
    return needed.stream().distinct().filter(name -> get(name).isEmpty()).toList();
  }

  /**
   * The text with the values in place of the variables.
   *
   * @throws WinnowException of category SETTINGS that names a variable without a value
   */
  public String expand(String template) {
    StringBuilder expanded = new StringBuilder();
    Matcher matcher = VARIABLE.matcher(template);
    while (matcher.find()) {
      String name = matcher.group(1);
      String value =
          get(name)
              .orElseThrow(() ->
                  new WinnowException(
                      WinnowException.Category.SETTINGS,
                      "The variable %s is not set.".formatted(name)));
      matcher.appendReplacement(expanded, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(expanded).toString();
  }

  @Override
  public String toString() {
    return "Credentials[not shown]";
  }
}
