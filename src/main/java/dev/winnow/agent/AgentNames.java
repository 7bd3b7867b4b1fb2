package dev.winnow.agent;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** What the agents of one run are called. */
public final class AgentNames {

  /** A longer one makes reports and branches of text unreadable. */
  private static final int LONGEST_AS_WRITTEN = 40;

  private AgentNames() {}

  /**
   * By what was written in {@code --agents}: the same, unless that is long. A long {@code
   * scripted:PATH} keeps the file's name, with as many directories as tell it from the others.
   */
  static Map<String, String> of(Collection<String> written) {
    Map<String, String> names = new TreeMap<>();
    for (String one : written) {
      names.put(one, one.length() <= LONGEST_AS_WRITTEN ? one : shorter(one, written));
    }
    return names;
  }

  private static String shorter(String name, Collection<String> all) {
    int kind = name.indexOf(':') + 1;
    for (int slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
      String end = name.substring(slash);
      String alone = ":" + end.substring(1);
      boolean only =
          all.stream().noneMatch(o -> !o.equals(name) && (o.endsWith(end) || o.endsWith(alone)));
      if (only) {
        return name.substring(0, kind) + end.substring(1);
      }
    }
    return name;
  }

  /**
   * For prose and tables, where the candidate's id stands beside it: {@code
   * scripted:x/right.json#2} becomes {@code right#2}; declared names stay.
   */
  public static String forPeople(String name) {
    int kind = name.indexOf(':');
    if (kind < 0) {
      return name;
    }
    String file = name.substring(Math.max(kind, name.lastIndexOf('/')) + 1);
    String shown = file.replaceFirst("\\.(json|ya?ml)(?=$|#)", "");
    return shown.isEmpty() ? name : shown;
  }
}
