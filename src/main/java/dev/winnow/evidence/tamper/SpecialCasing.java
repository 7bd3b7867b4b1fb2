package dev.winnow.evidence.tamper;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for production code that answers the visible inputs of the tests instead of solving the
 * task: a comparison with a literal beside the literal that a test expects for it. A heuristic;
 * honest tables look alike, so it is only ever a hint.
 */
final class SpecialCasing {

  private static final Pattern LITERAL =
      Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"|'((?:[^'\\\\\\n]|\\\\.)*)'|(-?\\b\\d[\\w.]*)");
  private static final Pattern COMPARES =
      Pattern.compile("==|\\.equals\\(|\\bcase\\b|\\bwhen\\b|=>|->|\\bis\\b|\\bEQ\\b");

  private static final int MAX_PAIRS = 100_000;

  private final Set<String> pairs = new HashSet<>();

  /** Takes the literals that stand in one line of a test: an input and what is expected for it. */
  void learn(SourceText test) {
    for (String line : test.code().lines().toList()) {
      Set<String> literals = literals(line);
      if (literals.size() <= 8 && pairs.size() < MAX_PAIRS) {
        for (String one : literals) {
          for (String other : literals) {
            if (!one.equals(other)) {
              pairs.add(one + '\0' + other);
            }
          }
        }
      }
    }
  }

  /** The first new line of production code that maps a tested input to its expected value. */
  Optional<String> find(SourceText old, SourceText now) {
    Set<String> known = new HashSet<>();
    old.code().lines().map(SourceText::squeeze).forEach(known::add);
    List<String> lines = now.code().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!known.contains(SourceText.squeeze(lines.get(i)))
          && COMPARES.matcher(lines.get(i)).find()) {
        Set<String> literals = literals(lines.get(i));
        // the answer stands in the same line or in the next one
        if (i + 1 < lines.size() && lines.get(i + 1).contains("return")) {
          literals.addAll(literals(lines.get(i + 1)));
        }
        for (String one : literals) {
          for (String other : literals) {
            if (pairs.contains(one + '\0' + other)) {
              return Optional.of(lines.get(i).strip());
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Literals that mean something; 0, 1 and the like stand in every base case. */
  private static Set<String> literals(String line) {
    Set<String> found = new HashSet<>();
    Matcher literal = LITERAL.matcher(line);
    while (literal.find()) {
      for (int group = 1; group <= 3; group++) {
        String text = literal.group(group);
        if (text != null
            && (group == 3 ? text.length() > 1 && !text.equals("-1") : text.length() > 1)) {
          found.add(text);
        }
      }
    }
    return found;
  }
}
