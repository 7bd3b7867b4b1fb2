package dev.winnow.judge;

import dev.winnow.agent.AgentNames;
import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.TestStatus;
import dev.winnow.judge.CountTests.Counted;
import dev.winnow.judge.Decision.Confidence;
import dev.winnow.judge.Decision.Outcome;
import dev.winnow.judge.Decision.Rule;
import dev.winnow.judge.model.ModelJudgement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decides from stored evidence alone: a pure function, so that anybody can compute it again.
 *
 * <p>Gate, then the share of tests by others that a candidate passes, then the smaller change. Why
 * these rules and how they fare on real candidates: docs/design-decisions.md.
 */
public final class Judge {

  /** Of the share of tests passed; see docs/design-decisions.md. */
  private static final double BY_FAR = 0.2;

  private Judge() {}

  /** The decision without a model; the same evidence always gives the same one. */
  public static Decision decide(Evidence evidence) {
    return decide(evidence, Optional.empty());
  }

  /**
   * The candidates that a model judge may choose from, because the evidence does not tell them
   * apart; empty when it decides.
   */
  public static List<String> tied(Evidence evidence) {
    Decision decision = decide(evidence);
    return decision.rule() == Rule.TIE_SMALLER_DIFF
        ? BreakTie.tied(decision).stream().map(CandidateVerdict::candidate).toList()
        : List.of();
  }

  /** The same, with a model's stored judgement on a tie; it has no say in anything else. */
  public static Decision decide(Evidence evidence, Optional<ModelJudgement> judgement) {
    Decision decision = byEvidence(evidence);
    return decision.rule() == Rule.TIE_SMALLER_DIFF && judgement.isPresent()
        ? BreakTie.decide(decision, judgement.get())
        : decision;
  }

  private static Decision byEvidence(Evidence evidence) {
    Gate gate = new Gate(evidence);
    Map<String, List<Veto>> vetoes = new LinkedHashMap<>();
    evidence.candidates().forEach(c -> vetoes.put(c.candidate(), gate.vetoes(c)));
    List<CandidateEvidence> survivors =
        evidence.candidates().stream()
            .filter(c -> vetoes.getOrDefault(c.candidate(), List.of()).isEmpty())
            .toList();
    List<Counted> all = new CountTests(evidence, survivors).count();
    boolean mutual = survivors.size() == 2 && eachFailsTheOther(all);
    // two authors who contradict each other are one word against the other: a third party comes
    // first, and their own words count only where they agree about something
    List<Counted> counted = mutual ? all.stream().filter(Counted::independent).toList() : all;
    List<CandidateVerdict> verdicts = verdicts(evidence, vetoes, survivors, counted);
    if (survivors.isEmpty()) {
      return new Decision(
          Outcome.NONE,
          null,
          Rule.NOBODY_PASSED_THE_GATE,
          "No candidate passed the gate. " + excluded(verdicts) + contradictedTests(evidence),
          Confidence.HIGH,
          verdicts);
    }
    if (survivors.size() == 1) {
      CandidateVerdict only = survivor(verdicts).getFirst();
      List<String> refuted = failedButPossible(evidence, only);
      return refuted.isEmpty()
          ? accept(verdicts, only, Rule.ONLY_SURVIVOR, counted)
          : abstain(
              verdicts,
              "%s is the only candidate that passed the gate, and it fails independent tests that other code passes: %s"
                  .formatted(name(only), Gate.some(refuted)));
    }
    Decision decision = compare(verdicts, counted, mutual);
    return mutual && decision.rule() == Rule.CONTRADICTION && eachPassesOneOfTheOther(all)
        ? clearlyBetter(verdicts(evidence, vetoes, survivors, all), all).orElse(decision)
        : decision;
  }

  /** The better of two whose tests contradict each other, when it is better by far. */
  private static Optional<Decision> clearlyBetter(
      List<CandidateVerdict> verdicts, List<Counted> counted) {
    List<CandidateVerdict> two =
        survivor(verdicts).stream()
            .sorted(Comparator.comparingDouble(Judge::share).reversed())
            .toList();
    return share(two.getFirst()) - share(two.getLast()) < BY_FAR - 1e-9
        ? Optional.empty()
        : Optional.of(accept(verdicts, two.getFirst(), Rule.TESTS, counted));
  }

  private static Decision abstain(List<CandidateVerdict> verdicts, String why) {
    return new Decision(
        Outcome.ABSTAINED,
        null,
        Rule.CONTRADICTION,
        (why + ". A person must decide. " + excluded(verdicts)).strip(),
        Confidence.NONE,
        verdicts);
  }

  /** Independent tests that the candidate fails although somebody's code passes them. */
  private static List<String> failedButPossible(Evidence evidence, CandidateVerdict candidate) {
    Set<String> possible = new TreeSet<>();
    for (MatrixCell cell : evidence.cells()) {
      if (cell.testSet().equals(TestSet.TESTER)) {
        cell.results().stream()
            .filter(r -> r.status() == TestStatus.PASSED)
            .forEach(r -> possible.add(TestSet.TESTER + "/" + r.id()));
      }
    }
    return candidate.failed().stream().filter(possible::contains).toList();
  }

  /** Existing tests that everybody breaks are a sign that the request asks for it. */
  private static String contradictedTests(Evidence evidence) {
    Set<String> broken = null;
    for (MatrixCell cell : evidence.cells()) {
      if (cell.testSet().equals(TestSet.BASE)) {
        Set<String> failing = new TreeSet<>();
        cell.results().stream()
            .filter(r -> r.status() != TestStatus.PASSED)
            .forEach(r -> failing.add(r.id()));
        if (broken == null) {
          broken = failing;
        } else {
          broken.retainAll(failing);
        }
      }
    }
    return broken == null || broken.isEmpty()
        ? ""
        : " Every candidate breaks %s: if the task asks for that, change those tests first and run again."
            .formatted(Gate.some(broken));
  }

  private static Decision compare(
      List<CandidateVerdict> verdicts, List<Counted> counted, boolean mutual) {
    List<CandidateVerdict> ranked =
        survivor(verdicts).stream()
            .sorted(
                Comparator.comparingDouble(Judge::share)
                    .reversed()
                    .thenComparingInt(CandidateVerdict::diffLines)
                    .thenComparing(CandidateVerdict::candidate, Judge::byNumber))
            .toList();
    CandidateVerdict best = ranked.getFirst();
    List<CandidateVerdict> tied =
        ranked.stream().filter(v -> Math.abs(share(v) - share(best)) < 1e-9).toList();
    if (tied.size() == 1) {
      return accept(verdicts, best, Rule.TESTS, counted);
    }
    Optional<String> disagreement =
        mutual
            ? Optional.of(
                "each of the two fails tests of the other, and no independent test decides")
            : disagreement(tied);
    if (disagreement.isPresent()) {
      return abstain(
          verdicts,
          "The evidence contradicts itself between %s: %s"
              .formatted(names(tied), disagreement.get()));
    }
    return accept(verdicts, best, Rule.TIE_SMALLER_DIFF, counted);
  }

  /** Tied candidates that fail different tests are not equal, only equally many. */
  private static Optional<String> disagreement(List<CandidateVerdict> tied) {
    CandidateVerdict first = tied.getFirst();
    for (CandidateVerdict other : tied) {
      if (!other.failed().equals(first.failed())) {
        return Optional.of(
            "%s fails %s, %s fails %s"
                .formatted(
                    first.candidate(),
                    first.failed().isEmpty() ? "none" : Gate.some(first.failed()),
                    other.candidate(),
                    other.failed().isEmpty() ? "none" : Gate.some(other.failed())));
      }
    }
    return Optional.empty();
  }

  /** A set of which the other passes nothing may be made to fail on anything but its author. */
  private static boolean eachPassesOneOfTheOther(List<Counted> counted) {
    return counted.stream()
            .filter(t -> !t.independent() && t.passed().containsValue(true))
            .map(Counted::author)
            .distinct()
            .count()
        == 2;
  }

  private static boolean eachFailsTheOther(List<Counted> counted) {
    return counted.stream()
            .filter(t -> !t.independent() && t.passed().containsValue(false))
            .map(Counted::author)
            .distinct()
            .count()
        == 2;
  }

  private static List<CandidateVerdict> verdicts(
      Evidence evidence,
      Map<String, List<Veto>> vetoes,
      List<CandidateEvidence> survivors,
      List<Counted> counted) {
    List<CandidateVerdict> verdicts = new ArrayList<>();
    for (CandidateEvidence candidate : evidence.candidates()) {
      String id = candidate.candidate();
      List<Counted> about =
          survivors.contains(candidate)
              ? counted.stream().filter(t -> t.passed().containsKey(id)).toList()
              : List.of();
      List<String> failed =
          about.stream()
              .filter(t -> Boolean.FALSE.equals(t.passed().get(id)))
              .map(Counted::name)
              .toList();
      verdicts.add(
          new CandidateVerdict(
              id,
              candidate.agent(),
              vetoes.getOrDefault(id, List.of()),
              about.size() - failed.size(),
              about.size(),
              failed,
              candidate.diff().lines()));
    }
    return verdicts;
  }

  private static List<CandidateVerdict> survivor(List<CandidateVerdict> verdicts) {
    return verdicts.stream().filter(v -> v.vetoes().isEmpty()).toList();
  }

  /** Share of passed tests; a half when no test says anything, which is evidence for neither. */
  static double share(CandidateVerdict verdict) {
    return verdict.counted() == 0 ? 0.5 : (double) verdict.passed() / verdict.counted();
  }

  private static int byNumber(String left, String right) {
    return Comparator.comparingInt(String::length)
        .thenComparing(Comparator.naturalOrder())
        .compare(left, right);
  }

  private static Decision accept(
      List<CandidateVerdict> verdicts, CandidateVerdict winner, Rule rule, List<Counted> counted) {
    String why =
        switch (rule) {
          case ONLY_SURVIVOR ->
              verdicts.size() == 1
                  ? "%s passed the gate: its tests were red before and are green now, and no existing test broke."
                      .formatted(name(winner))
                  : "%s is the only candidate that passed the gate.".formatted(name(winner));
          case TESTS ->
              "%s passes %s; %s."
                  .formatted(name(winner), tests(winner), runnersUp(verdicts, winner));
          case TIE_SMALLER_DIFF ->
              "A tie: the evidence does not tell %s apart. %s was taken because its change is the smallest (%d lines)."
                  .formatted(
                      names(survivor(verdicts).stream().filter(v -> equal(v, winner)).toList()),
                      name(winner),
                      winner.diffLines());
          case CONTRADICTION,
              NOBODY_PASSED_THE_GATE,
              MODEL_JUDGE,
              ONLY_ANSWER,
              SAME_ANSWER,
              JUDGE_UNDECIDED,
              NO_ANSWER ->
              throw new IllegalArgumentException(rule.label());
        };
    return new Decision(
        Outcome.ACCEPTED,
        winner.candidate(),
        rule,
        (why + " " + excluded(verdicts)).strip(),
        confidence(rule, winner, counted),
        verdicts);
  }

  private static boolean equal(CandidateVerdict left, CandidateVerdict right) {
    return Math.abs(share(left) - share(right)) < 1e-9;
  }

  private static Confidence confidence(Rule rule, CandidateVerdict winner, List<Counted> counted) {
    if (rule == Rule.TIE_SMALLER_DIFF) {
      return Confidence.LOW;
    }
    boolean independent =
        counted.stream()
            .anyMatch(t -> t.independent() && t.passed().containsKey(winner.candidate()));
    if (independent && winner.failed().isEmpty()) {
      return Confidence.HIGH;
    }
    return winner.failed().isEmpty() ? Confidence.MEDIUM : Confidence.LOW;
  }

  private static String runnersUp(List<CandidateVerdict> verdicts, CandidateVerdict winner) {
    return survivor(verdicts).stream()
        .filter(v -> !v.equals(winner))
        .map(v ->
            v.failed().isEmpty()
                ? "%s passes %s".formatted(name(v), tests(v))
                : "%s passes %s and fails %s".formatted(name(v), tests(v), Gate.some(v.failed())))
        .collect(Collectors.joining("; "));
  }

  private static String tests(CandidateVerdict verdict) {
    return verdict.counted() == 0
        ? "no test by others (none applies to it)"
        : "%d of %d test%s that others wrote"
            .formatted(verdict.passed(), verdict.counted(), verdict.counted() == 1 ? "" : "s");
  }

  static String excluded(List<CandidateVerdict> verdicts) {
    return verdicts.stream()
        .filter(v -> !v.vetoes().isEmpty())
        .map(v ->
            "%s was excluded (%s: %s)."
                .formatted(
                    name(v),
                    v.vetoes().getFirst().vetoClass().words(),
                    v.vetoes().getFirst().reason()))
        .collect(Collectors.joining(" "));
  }

  private static String names(List<CandidateVerdict> verdicts) {
    return verdicts.stream().map(Judge::name).collect(Collectors.joining(" and "));
  }

  static String name(CandidateVerdict verdict) {
    return "%s (%s)".formatted(verdict.candidate(), AgentNames.forPeople(verdict.agent()));
  }
}
