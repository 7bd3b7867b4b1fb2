package dev.winnow.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the labels of a metric, with a bound for each of them: names of agents and models come from
 * settings and command lines, and every new value is a new time series for ever.
 */
final class Labels {

  /** More values of one label become {@link #OTHER}. */
  static final int MOST = 40;

  /** Routes are the server's own table, and there are more of them. */
  private static final Map<String, Integer> MORE = Map.of("http.route", 200);

  static final String OTHER = "other";

  private static final int LONGEST = 80;

  /** Of labels that were made before: with usual names there are fewer. */
  private static final int MOST_KEPT = 1000;

  private final boolean used;
  private final Map<String, Set<String>> values = new ConcurrentHashMap<>();
  private final Map<List<String>, Attributes> kept = new ConcurrentHashMap<>();

  /**
   * @param used whether anybody reads them; they cost more than what is counted
   */
  Labels(boolean used) {
    this.used = used;
  }

  /**
   * @param pairs name, value, name, value, ...
   */
  Attributes of(String... pairs) {
    if (!used) {
      return Attributes.empty();
    }
    List<String> names = List.of(pairs);
    Attributes before = kept.get(names);
    if (before != null) {
      return before;
    }
    Attributes made = make(pairs);
    if (kept.size() < MOST_KEPT && names.stream().allMatch(n -> n.length() <= LONGEST)) {
      kept.put(names, made);
    }
    return made;
  }

  /** How many are kept. */
  int kept() {
    return kept.size();
  }

  private Attributes make(String... pairs) {
    AttributesBuilder labels = Attributes.builder();
    for (int i = 0; i < pairs.length; i += 2) {
      labels.put(AttributeKey.stringKey(pairs[i]), bounded(pairs[i], pairs[i + 1]));
    }
    return labels.build();
  }

  private static int most(String label) {
    return MORE.getOrDefault(label, MOST);
  }

  private String bounded(String label, String value) {
    String name = Redact.text(value.length() > LONGEST ? value.substring(0, LONGEST) : value);
    Set<String> known = values.computeIfAbsent(label, l -> ConcurrentHashMap.newKeySet());
    if (known.contains(name)) {
      return name;
    }
    synchronized (known) {
      return known.contains(name) || (known.size() < most(label) && known.add(name)) ? name : OTHER;
    }
  }
}
