package dev.winnow.run;

import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.spec.Criterion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tests that name a criterion: {@code ac1_...}, {@code testAc1...}, {@code AC-1: ...}.
 */
public final class CoverCriteria {

  /** A small letter before a capital is where a word of a camel case name begins. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?:(?<![A-Za-z])(?:[aA][cC])|(?<=[a-z0-9_])A[cC])[-_ ]?([1-9]\\d{0,3})(?!\\d)");

  private CoverCriteria() {}

  /**
   * A test of a criterion.
   *
   * @param author c1, c2, ..., or {@code tester}
   * @param outcome on the winner's code: passed, failed, error, skipped, or not-run
   */
  public record CoveringTest(String author, String test, String outcome) {}

  /** A criterion, and the tests that name it; none, when nobody did. */
  public record Covered(String id, String text, List<CoveringTest> tests) {
    public Covered {
      tests = List.copyOf(tests);
    }

    /** Whether a test names it that the winner's code passes, and none that it fails. */
    public boolean passed() {
      return tests.stream().anyMatch(t -> t.outcome().equals("passed"))
          && tests.stream()
              .noneMatch(t -> t.outcome().equals("failed") || t.outcome().equals("error"));
    }
  }

  /**
   * @param winner whose code counts, or null when there is none
   */
  public static List<Covered> of(
      List<Criterion> criteria, Evidence evidence, @Nullable String winner) {
    Map<String, List<CoveringTest>> byId = new TreeMap<>();
    tests(evidence, winner)
        .forEach(test -> {
          Matcher named = NAMED.matcher(name(test.test()));
          while (named.find()) {
            byId.computeIfAbsent("AC-" + named.group(1), _ -> new ArrayList<>()).add(test);
          }
        });
    return criteria.stream()
        .map(c -> new Covered(c.id(), c.text(), byId.getOrDefault(c.id(), List.of())))
        .toList();
  }

  /** Without the file's or class's path, which may hold anything. */
  private static String name(String test) {
    int hash =
        Math.max(
            test.lastIndexOf('#'), test.lastIndexOf("::") < 0 ? -1 : test.lastIndexOf("::") + 1);
    return hash < 0 ? test : test.substring(hash + 1);
  }

  private static List<CoveringTest> tests(Evidence evidence, @Nullable String winner) {
    Map<String, Map<String, String>> outcomes = new TreeMap<>(); // by author, then test
    if (evidence.independent() != null) {
      known(evidence.independent(), outcomes);
    }
    for (CandidateEvidence candidate : evidence.candidates()) {
      if (candidate.tests() != null) {
        known(candidate.tests(), outcomes);
      }
    }
    for (MatrixCell cell : evidence.cells()) {
      if (!cell.testSet().equals(TestSet.BASE)) {
        results(cell.testSet(), cell.results(), cell.candidate().equals(winner), outcomes);
      }
    }
    for (CandidateEvidence candidate : evidence.candidates()) {
      TestRun own = candidate.ownTests();
      if (own != null) {
        results(
            candidate.candidate(), own.results(), candidate.candidate().equals(winner), outcomes);
      }
    }
    List<CoveringTest> tests = new ArrayList<>();
    outcomes.forEach((author, results) ->
        results.forEach((test, outcome) -> tests.add(new CoveringTest(author, test, outcome))));
    return tests;
  }

  private static void known(TestSet set, Map<String, Map<String, String>> outcomes) {
    Map<String, String> tests = outcomes.computeIfAbsent(set.id(), _ -> new TreeMap<>());
    set.red().forEach(test -> tests.putIfAbsent(test, "not-run"));
  }

  private static void results(
      String author,
      List<TestResult> results,
      boolean onWinner,
      Map<String, Map<String, String>> outcomes) {
    Map<String, String> tests = outcomes.computeIfAbsent(author, _ -> new TreeMap<>());
    for (TestResult result : results) {
      if (onWinner) {
        tests.put(result.id(), result.status().label());
      } else {
        tests.putIfAbsent(result.id(), "not-run");
      }
    }
  }
}
