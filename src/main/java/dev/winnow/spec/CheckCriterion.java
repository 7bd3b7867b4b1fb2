package dev.winnow.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a criterion can be tested: it names one behaviour with an outcome that can be observed.
 * By words, so it can be wrong; it says which words it missed or minded.
 */
public final class CheckCriterion {

  static final int MOST_CHARS = 600;

  /** Words that say that something can be seen from outside. */
  private static final String OUTCOME =
      "returns?|responds?|shows?|displays?|prints?|outputs?|writes?|logs?|reports?|exits?|fails?"
          + "|throws?|raises?|rejects?|refuses?|refused|rejected|accepts?|accepted|contains?"
          + "|includes?|creates?|created|deletes?|deleted|removes?|removed|updates?|updated"
          + "|stores?|stored|saves?|saved|keeps?|sends?|sent|receives?|redirects?|lists?|listed"
          + "|sorts?|sorted|equals?|matches|ignores?|ignored|adds?|added|changes?|changed|stays?"
          + "|remains?|is|are|becomes?|gives?|gets?|has|have|yields?|computes?|rounds?|starts?"
          + "|stops?|ends?|opens?|closes?|passes|can|cannot|must|shall|should|will|does|supports?"
          + "|counts?|parses?|prompts?|asks?|warns?|blocks?|allows?|denies|evicts?|expires?|loads?";

  /** Verbs that can say it too, but also belong to what leads to an outcome. */
  private static final String MORE =
      "answers?|appears?|disappears?|selects?|selected|leaves?|happens?|runs?|switches"
          + "|produces?|succeeds?|drains?|converts?|prevents?|retries|retried|uses?|used|cuts?|hides?"
          + "|moves?|moved|copies|copied|reads?|finds?|found|skips?|skipped|replaces?|replaced|logged"
          + "|causes?|calls?|emits?|publishes|notifies|triggers?|renders?|validates?|resolves?|holds?"
          + "|waits?|times out|resumes?|begins?|falls back|takes?|needs?|requires?|knows?|sees?";

  private static final Pattern CLEAR = Pattern.compile("(?i)\\b(?:" + OUTCOME + ")\\b");
  private static final Pattern OBSERVABLE =
      Pattern.compile("(?i)\\b(?:" + OUTCOME + "|" + MORE + ")\\b");

  /** Text in code form, quotation marks or a comparison names its outcome by itself. */
  private static final Pattern LITERAL = Pattern.compile("`[^`]+`|\"[^\"]+\"|[=!<>]=|\\d");

  /** Words of English that hardly any sentence is without. */
  private static final Pattern ENGLISH =
      Pattern.compile(
          "(?i)\\b(?:the|a|an|of|in|to|and|for|with|it|its|not|on|when|no|by|at|from|or|if|as|all)\\b");

  private static final int SENTENCE = 5; // words

  /** Words that different people would test differently, wherever they stand. */
  private static final String ANYWHERE =
      "user[- ]friendly|intuitive\\w*|nicely|properly|appropriate(?:ly)?|adequate(?:ly)?|robustly"
          + "|seamless(?:ly)?|efficiently|quickly|as expected|as needed|easily|reasonabl[ey]"
          + "|well|somehow|etc\\.?|works? correctly|works? fine|works?";

  /** Words that say nothing when they are what is claimed; "a bad row" may have a meaning. */
  private static final String CLAIMED =
      "nice|robust|efficient|fast|good|better|easy|clean|modern|handled|ensured|improved|optimi[sz]ed"
          + "|implemented|scalable|secure";

  private static final Pattern VAGUE =
      Pattern.compile(
          "(?i)\\b(?:(?<any>%s)|(?:is|are|be|been|stays?|becomes?|looks?|feels?)\\s+(?:(?:very|more|much)\\s+|\\w+ly\\s+)?(?<claim>%s))(?=[^\\w-]|$)"
              .formatted(ANYWHERE, CLAIMED));

  private static final Pattern NEXT_SENTENCE =
      Pattern.compile("[.;!]\\s+(?=\\p{Lu}|\\p{Ll})|\\n\\s*(?:[-*]\\s+)?");

  private static final Pattern AND_ALSO =
      Pattern.compile("(?i),?\\s+(?:and (?:also|then|it)|as well as|also)\\s+");

  private CheckCriterion() {}

  /** What is wrong with it, each with the rule's id; empty when it can be tested. */
  public static List<Validation.Finding> problems(Criterion criterion) {
    List<Validation.Finding> problems = new ArrayList<>();
    String id = criterion.id();
    String text = criterion.text().strip();
    if (!Criterion.ID.matcher(id).matches()) {
      problems.add(
          Validation.Finding.error(
              "criterion-id",
              "'%s' is no id of a criterion: use AC-1, AC-2, ..."
                  .formatted(shortened(id.replaceAll("\\p{Cntrl}", "?")))));
    }
    if (text.isEmpty()) {
      problems.add(
          Validation.Finding.error("criterion-empty", id + " is empty: say what can be observed."));
      return problems;
    }
    if (text.length() > MOST_CHARS) {
      problems.add(
          Validation.Finding.error(
              "criterion-long",
              "%s has %,d characters, at most %d: split it or leave details to the spec."
                  .formatted(id, text.length(), MOST_CHARS)));
      return problems;
    }
    Optional<String> second = secondBehaviour(text);
    second.ifPresent(part ->
        problems.add(
            Validation.Finding.error(
                "criterion-compound",
                "%s describes more than one behaviour ('%s' is another): give each its own id."
                    .formatted(id, shortened(part)))));
    if (!namesOutcome(text)) {
      problems.add(
          Validation.Finding.error(
              "criterion-no-outcome",
              "%s names no observable outcome ('%s'): say what is returned, shown, stored or refused."
                  .formatted(id, shortened(text))));
    } else {
      Matcher vague = VAGUE.matcher(text);
      if (!LITERAL.matcher(text).find() && vague.find()) {
        String word = vague.group("any") == null ? vague.group("claim") : vague.group("any");
        problems.add(
            Validation.Finding.error(
                "criterion-vague",
                "%s says '%s', which nobody can test: say what can be observed instead."
                    .formatted(id, word)));
      }
    }
    return problems;
  }

  /** A sentence of another language is left to people: this knows the words of English only. */
  private static boolean namesOutcome(String text) {
    return OBSERVABLE.matcher(text).find()
        || LITERAL.matcher(text).find()
        || (text.split("\\s+").length >= SENTENCE && !ENGLISH.matcher(text).find());
  }

  /** A second part that has an outcome of its own; given, when and then belong together. */
  private static Optional<String> secondBehaviour(String text) {
    if (text.matches("(?is)given\\b.*\\bwhen\\b.*\\bthen\\b.*")) {
      String outcome = text.substring(text.toLowerCase(java.util.Locale.ROOT).lastIndexOf("then"));
      return part(outcome, AND_ALSO);
    }
    return part(text, NEXT_SENTENCE).or(() -> part(text, AND_ALSO));
  }

  private static Optional<String> part(String text, Pattern border) {
    String[] parts = border.split(text);
    for (int i = 1; i < parts.length; i++) {
      boolean explains =
          parts[i].matches("(?is)\\s*(?:this|that|because|so that|e\\.g|i\\.e|for example).*");
      if (!explains && CLEAR.matcher(parts[i]).find() && CLEAR.matcher(parts[0]).find()) {
        return Optional.of(parts[i].strip());
      }
    }
    return Optional.empty();
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= 60 ? line : line.substring(0, 59) + "…";
  }
}
