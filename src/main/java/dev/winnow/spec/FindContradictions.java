package dev.winnow.spec;

import dev.winnow.spec.Validation.Finding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds criteria that say the opposite of an answer, by two simple rules: the answer excludes
 * something that a criterion asks for, or both name a limit of the same thing and the numbers
 * differ. What needs understanding is left to people.
 */
final class FindContradictions {

  /** What follows is excluded, to the end of the clause. */
  private static final Pattern EXCLUDED =
      Pattern.compile(
          "(?i)\\b(?:no|not|never|without|must not|do not|don't|does not|doesn't|should not"
              + "|out of scope(?: (?:is|are))?:?|except)\\s+([^.,;:\\n]{3,80})");

  private static final Pattern NEGATION =
      Pattern.compile(
          "(?i)\\b(no|not|never|without|cannot|can't|don't|doesn't|refuses?|refused|rejects?|rejected|ignores?|ignored|fails?)\\b");

  private static final Pattern LIMIT =
      Pattern.compile(
          "(?i)\\b(at most|up to|at least|max(?:imum)?(?: of)?|min(?:imum)?(?: of)?|exactly|no more than|within)\\s+(\\d+(?:[.,]\\d+)*)\\s+([\\p{L}]{2,})");

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]{3,}");

  private static final Set<String> PLAIN =
      Set.of(
          "the",
          "and",
          "any",
          "for",
          "with",
          "are",
          "was",
          "this",
          "that",
          "there",
          "should",
          "must",
          "will",
          "can",
          "need",
          "needs",
          "needed",
          "change",
          "changed",
          "support",
          "supported",
          "have",
          "has",
          "more",
          "than",
          "from",
          "into",
          "its",
          "our",
          "all",
          "new",
          "use",
          "used",
          "add",
          "added",
          "want",
          "only",
          "just",
          "yet",
          "now",
          "sure",
          "matter",
          "please",
          "thanks",
          "first",
          "here",
          "version");

  private FindContradictions() {}

  static List<Finding> in(Planning planning) {
    List<Finding> findings = new ArrayList<>();
    for (Answer answer : planning.answers()) {
      if (!answer.skipped()) {
        planning.criteria().forEach(c -> compare(answer, c, findings));
      }
    }
    return findings;
  }

  private static void compare(Answer answer, Criterion criterion, List<Finding> findings) {
    Set<String> said = words(criterion.text());
    boolean negative = NEGATION.matcher(criterion.text()).find();
    Matcher excluded = EXCLUDED.matcher(answer.text());
    while (!negative && excluded.find()) {
      Set<String> words = words(excluded.group(1));
      int letters = words.stream().mapToInt(String::length).sum();
      if (!words.isEmpty() && letters >= 5 && said.containsAll(words)) {
        findings.add(
            Finding.error(
                "contradiction",
                "%s asks for what the answer to %s excludes ('%s'): change one of them."
                    .formatted(criterion.id(), answer.question(), excluded.group(1).strip())));
        return;
      }
    }
    Matcher limit = LIMIT.matcher(answer.text());
    while (limit.find()) {
      Matcher other = LIMIT.matcher(criterion.text());
      while (other.find()) {
        if (stem(limit.group(3)).equals(stem(other.group(3)))
            && limit.group(1).equalsIgnoreCase(other.group(1))
            && !limit.group(2).equals(other.group(2))) {
          findings.add(
              Finding.error(
                  "contradiction",
                  "%s says '%s', the answer to %s says '%s': change one of them."
                      .formatted(criterion.id(), other.group(), answer.question(), limit.group())));
          return;
        }
      }
    }
  }

  private static Set<String> words(String text) {
    Set<String> words = new HashSet<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      String word = matcher.group().toLowerCase(Locale.ROOT);
      if (!PLAIN.contains(word)) {
        words.add(stem(word));
      }
    }
    return words;
  }

  private static String stem(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    return lower.length() > 4 ? lower.replaceAll("(?:ings?|ed|es|s)$", "") : lower;
  }
}
