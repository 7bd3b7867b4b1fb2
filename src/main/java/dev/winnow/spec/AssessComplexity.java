package dev.winnow.spec;

import dev.winnow.spec.Assessment.Signal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Guesses how complex a request is, by its words and by the repository that it is about. A sum of
 * weighted signals: below 2 it is simple, from 5 on complex; the farther from a border, the surer.
 */
final class AssessComplexity {

  private static final double STANDARD_FROM = 2;
  private static final double COMPLEX_FROM = 5;

  private static final Pattern SMALL =
      Pattern.compile(
          "\\b(typo|rename|wording|spelling|comment|log message|bump|one[- ]line|label|colou?r)\\b");
  private static final Pattern LARGE =
      Pattern.compile(
          "\\b(architecture|redesign|rewrite|migrat\\w+|refactor\\w*|framework|platform|multi-?tenant|microservices?|distributed|end[- ]to[- ]end|from scratch|every module|all modules)\\b");
  private static final Pattern RISKY =
      Pattern.compile(
          "\\b(auth\\w*|oauth|security|permissions?|encrypt\\w*|payments?|billing|concurren\\w+|transactions?|schema|database|cache|scal\\w+|backwards? compatib\\w+|privacy|gdpr|rate[- ]limit\\w*|sessions?)\\b");
  private static final Pattern OUTSIDE =
      Pattern.compile(
          "\\b(api|webhooks?|third[- ]party|integrat\\w+|oauth|smtp|e-?mail|s3|kafka|queue|external|provider)\\b");
  private static final Pattern VAGUE =
      Pattern.compile(
          "\\b(better|improve|faster|nicer|modern|intuitive|user[- ]friendly|robust|scalable|somehow|etc|and so on|as needed|appropriate\\w*|handle everything)\\b");
  private static final Pattern ITEM = Pattern.compile("(?m)^\\s*(?:[-*]|\\d+[.)])\\s+\\S");

  private AssessComplexity() {}

  static Assessment of(String task, @Nullable RepositorySummary repository) {
    List<Signal> signals = new ArrayList<>();
    String text = task.toLowerCase(Locale.ROOT);
    length(task, signals);
    words("large-change", LARGE, text, 2, 4, signals);
    words("risky-area", RISKY, text, 1, 3, signals);
    words("outside-systems", OUTSIDE, text, 0.75, 1.5, signals);
    words("vague", VAGUE, text, 0.75, 1.5, signals);
    words("small-change", SMALL, text, -1.5, -1.5, signals);
    int items = count(ITEM, task);
    if (items >= 2) {
      signals.add(
          new Signal("several-items", items + " items are listed", Math.min(3, items * 0.5)));
    }
    if (repository != null) {
      size(repository, signals);
    }
    double sum = signals.stream().mapToDouble(Signal::weight).sum();
    Complexity complexity =
        sum >= COMPLEX_FROM
            ? Complexity.COMPLEX
            : sum >= STANDARD_FROM ? Complexity.STANDARD : Complexity.SIMPLE;
    signals.sort(Comparator.comparingDouble((Signal s) -> Math.abs(s.weight())).reversed());
    return new Assessment(complexity, confidence(sum, signals.size()), signals, repository);
  }

  private static void length(String task, List<Signal> signals) {
    int words = task.split("\\s+").length;
    if (words <= 12) {
      signals.add(new Signal("short", words + " words", -0.5));
    } else if (words > 40) {
      signals.add(
          new Signal("long", "%,d words".formatted(words), words > 400 ? 4 : words > 120 ? 2 : 1));
    } else {
      signals.add(new Signal("length", words + " words", 0.5));
    }
  }

  private static void words(
      String name, Pattern pattern, String text, double each, double most, List<Signal> signals) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find() && found.size() < 6) {
      if (!found.contains(matcher.group())) {
        found.add(matcher.group());
      }
    }
    if (!found.isEmpty()) {
      double weight = each < 0 ? most : Math.min(most, each * found.size());
      signals.add(new Signal(name, String.join(", ", found), weight));
    }
  }

  private static void size(RepositorySummary repository, List<Signal> signals) {
    if (repository.languages().size() > 1) {
      signals.add(
          new Signal(
              "several-languages",
              String.join(", ", repository.languages().keySet()),
              Math.min(1, 0.25 * repository.languages().size())));
    }
    if (repository.modules().size() > 1) {
      signals.add(new Signal("several-modules", repository.modules().size() + " modules", 0.5));
    }
    if (repository.files() > 500) {
      signals.add(
          new Signal(
              "large-repository",
              "%,d files".formatted(repository.files()),
              repository.files() > 5_000 ? 1 : 0.5));
    }
    if (repository.named().size() > 1) {
      signals.add(
          new Signal(
              "named-modules",
              String.join(", ", repository.named()),
              Math.min(2, 0.5 * repository.named().size())));
    } else if (repository.named().size() == 1) {
      signals.add(new Signal("one-place", repository.named().getFirst(), -0.5));
    }
  }

  private static int count(Pattern pattern, String text) {
    int count = 0;
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      count++;
    }
    return count;
  }

  private static double confidence(double sum, int signals) {
    double border = Math.min(Math.abs(sum - STANDARD_FROM), Math.abs(sum - COMPLEX_FROM));
    double sure = 0.5 + Math.min(0.35, border * 0.15) + Math.min(0.1, signals * 0.02);
    return Math.round(sure * 100) / 100.0;
  }
}
