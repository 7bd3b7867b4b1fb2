package dev.winnow.evidence.runner;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recognises the test script of package.json. */
final class NodeScript {

  private static final Set<String> TOOLS = Set.of("vitest", "jest", "mocha");

  /** What only a shell understands: then the script is more than one command. */
  private static final Pattern SHELL = Pattern.compile("[|&;<>$`\\\\(){}!#]");

  private NodeScript() {}

  /** The runner of a script such as {@code node --test test/} or {@code vitest run}, or null. */
  static @Nullable TestRunner runner(String script) {
    if (script.isEmpty() || SHELL.matcher(script).find()) {
      return null;
    }
    List<String> words =
        List.of(script.strip().split("\\s+")).stream().map(NodeScript::unquoted).toList();
    String first = words.getFirst();
    if (first.equals("node") && words.contains("--test")) {
      return new NodeRunner(
          words.stream()
              .skip(1)
              .filter(w -> !w.equals("--test") && !w.startsWith("--test-reporter"))
              .toList());
    }
    return TOOLS.contains(first) ? new NpmRunner(first, words.subList(1, words.size())) : null;
  }

  private static String unquoted(String word) {
    return word.matches("'.*'|\".*\"") ? word.substring(1, word.length() - 1) : word;
  }
}
