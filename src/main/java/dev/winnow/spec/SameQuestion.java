package dev.winnow.spec;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether two questions ask for the same, by their words. */
public final class SameQuestion {

  private static final double ALIKE = 0.6;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

  private static final Set<String> PLAIN =
      Set.of(
          "a", "an", "the", "is", "are", "be", "do", "does", "should", "would", "could", "will",
          "can", "must", "it", "its", "this", "that", "of", "to", "in", "on", "for", "and", "or",
          "you", "your", "we", "i", "what", "which", "how", "there", "any", "please", "when", "if",
          "with", "by", "at", "as", "so", "who", "where", "why", "want", "need", "exactly", "use",
          "used", "using", "has", "have");

  private SameQuestion() {}

  public static boolean test(String a, String b) {
    Set<String> first = words(a);
    Set<String> second = words(b);
    if (first.isEmpty() || second.isEmpty()) {
      return a.strip().equalsIgnoreCase(b.strip());
    }
    Set<String> common = new HashSet<>(first);
    common.retainAll(second);
    Set<String> all = new HashSet<>(first);
    all.addAll(second);
    return common.size() >= ALIKE * all.size();
  }

  private static Set<String> words(String text) {
    Set<String> words = new HashSet<>();
    Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      String word = matcher.group();
      if (!PLAIN.contains(word)) {
        words.add(word.length() > 4 ? word.replaceAll("(?:ings?|ed|es|s)$", "") : word);
      }
    }
    return words;
  }
}
