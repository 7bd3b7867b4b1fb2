package dev.winnow.evidence.runner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recognises the test script of package.json. */
final class NodeScript {

  private static final Set<String> TOOLS = Set.of("vitest", "jest", "mocha");

  /** What only a shell understands, outside of quotes: then it is more than one command. */
  private static final Pattern SHELL = Pattern.compile("[|&;<>$`\\\\(){}!#]");

  private static final Pattern WORD = Pattern.compile("(?:'[^']*'|\"[^\"]*\"|[^\\s'\"])+");
  private static final Pattern QUOTED = Pattern.compile("'([^']*)'|\"([^\"$`\\\\]*)\"");
  private static final Pattern VARIABLE = Pattern.compile("([A-Za-z_]\\w*)=(.*)");

  /** Options whose value may be the next word; with their long form, so that both become one. */
  private static final Map<String, String> WITH_VALUE =
      Map.ofEntries(
          Map.entry("--import", "--import"),
          Map.entry("--require", "--require"),
          Map.entry("-r", "--require"),
          Map.entry("--loader", "--loader"),
          Map.entry("--experimental-loader", "--experimental-loader"),
          Map.entry("--config", "--config"),
          Map.entry("-c", "--config"),
          Map.entry("--extension", "--extension"),
          Map.entry("--ui", "--ui"),
          Map.entry("-u", "--ui"),
          Map.entry("--timeout", "--timeout"),
          Map.entry("--environment", "--environment"),
          Map.entry("--env", "--env"),
          Map.entry("--test-concurrency", "--test-concurrency"));

  private NodeScript() {}

  /** The runner of a script such as {@code node --test test/} or {@code vitest run}, or null. */
  static @Nullable TestRunner runner(String script) {
    // nobody writes that by hand, and the patterns recurse
    boolean tooLong = script.length() > 2_000;
    if (script.isEmpty()
        || tooLong
        || SHELL.matcher(QUOTED.matcher(script).replaceAll("")).find()) {
      return null;
    }
    List<String> words = words(script);
    Map<String, String> environment = new HashMap<>();
    int start = 0;
    for (; start < words.size(); start++) {
      var variable = VARIABLE.matcher(words.get(start));
      if (variable.matches()) {
        environment.put(variable.group(1), variable.group(2));
      } else if (!Set.of("cross-env", "npx").contains(words.get(start))) {
        break;
      }
    }
    if (start == words.size()) {
      return null;
    }
    List<String> arguments = joined(words.subList(start + 1, words.size()));
    String first = words.get(start);
    if (first.equals("node") && arguments.contains("--test")) {
      return new NodeRunner(
          arguments.stream()
              .filter(w -> !w.equals("--test") && !w.startsWith("--test-reporter"))
              .toList(),
          environment);
    }
    return TOOLS.contains(first) ? new NpmRunner(first, arguments, environment) : null;
  }

  private static List<String> words(String script) {
    return WORD.matcher(script)
        .results()
        .map(word -> QUOTED.matcher(word.group()).replaceAll(NodeScript::content))
        .toList();
  }

  private static String content(java.util.regex.MatchResult quoted) {
    String text = quoted.group(1) == null ? quoted.group(2) : quoted.group(1);
    return java.util.regex.Matcher.quoteReplacement(text);
  }

  /** {@code --import tsx} becomes one word: files can then be replaced and options kept. */
  private static List<String> joined(List<String> words) {
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String option = WITH_VALUE.get(words.get(i));
      if (option != null && i + 1 < words.size() && !words.get(i + 1).startsWith("-")) {
        joined.add(option + "=" + words.get(++i));
      } else {
        joined.add(words.get(i));
      }
    }
    return List.copyOf(joined);
  }
}
