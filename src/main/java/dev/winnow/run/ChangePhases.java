package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.WinnowException;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.UnknownPrice;
import dev.winnow.agent.Usage;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.checkpoint.Spending;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.GatherEvidence;
import dev.winnow.evidence.GreenCheck;
import dev.winnow.evidence.Inventory;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.RedGate;
import dev.winnow.evidence.TestBench;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.judge.Decision;
import dev.winnow.judge.Judge;
import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.telemetry.Span;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.Workspace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The phases of one run, in the order of the design. */
final class ChangePhases {

  private final PreparedRun run;
  private final RunSetting setting;
  private final Sandbox sandbox;
  private final Toolbox toolbox;
  private final RunLimits limits;
  private final RunStore store;
  private final Lease lease;
  private final TestBench bench;
  private final TraceStore traces;

  ChangePhases(
      PreparedRun run,
      RunSetting setting,
      Sandbox sandbox,
      Toolbox toolbox,
      RunLimits limits,
      Semaphore testRuns,
      RunStore store,
      Lease lease) {
    this.run = run;
    this.setting = setting;
    this.sandbox = sandbox;
    this.toolbox = toolbox;
    this.limits = limits;
    this.store = store;
    this.traces = store.traces();
    this.lease = lease;
    this.bench =
        new TestBench(
            setting.mirror(),
            sandbox,
            run.runner(),
            setting.workDirectory(),
            setting.steps(),
            testRuns,
            limits.testWall());
  }

  RunResult decide(Cancellation cancellation) {
    announce();
    Inventory inventory = Span.of("prepare").call(_ -> prepare(cancellation));
    mark("prepared", "prepare");
    OpenSession sessions = new OpenSession(setting, run.runner(), sandbox, toolbox, limits);
    RedGate red = new RedGate(bench, inventory);
    Optional<TestSet> independent = independentTests(sessions, red, cancellation);
    if (independent.isPresent()) {
      mark("independent-tests", "independent-tests");
    }
    DevelopCandidate develop =
        new DevelopCandidate(
            setting, sessions, run.runner(), red, new GreenCheck(bench, inventory));
    List<Candidate> candidates = candidates(develop, cancellation);
    Map<String, String> commits = keep(candidates);
    mark("candidates", "candidates");
    Evidence evidence = evidence(inventory, candidates, independent, cancellation);
    mark("evidence", "evidence");
    phase("judge");
    Optional<ModelJudgement> judgement =
        Span.of("judge").call(_ -> breakTie(evidence, cancellation));
    Decision decision = Span.of("decision").call(span -> decide(evidence, judgement, span));
    // a candidate's own code can look like a broken machine, but not on the base
    boolean machineFailed =
        decision.outcome() == Decision.Outcome.NONE
            && couldNotRun(evidence)
            && !bench.stillRuns(setting.baseTree(), cancellation);
    Map<String, Usage> usage = new TreeMap<>();
    candidates.forEach(candidate -> usage.put(candidate.id(), candidate.usage()));
    judgement.ifPresent(judged -> usage.put("judge", judged.usage()));
    cancellation.check(); // the last moment: with the branch the run is over
    return deliver(usage, commits, decision, machineFailed, develop.outOfBudget());
  }

  private Decision decide(Evidence evidence, Optional<ModelJudgement> judgement, Span span) {
    Decision decision = Judge.decide(evidence, judgement);
    mark("decided", "judge");
    span.set("winnow.decision.rule", decision.rule().label())
        .set("winnow.decision.winner", decision.winner())
        .set("winnow.decision.confidence", decision.confidence().label());
    traces.save(lease, TraceStore.DECISION, span.context());
    setting
        .events()
        .accept(
            new RunEvent.Decided(
                decision.winner(),
                decision.rule().label(),
                decision.rationale(),
                decision.confidence().label()));
    return decision;
  }

  /** Asks the model judge, if there is one and the evidence leaves a tie. */
  private Optional<ModelJudgement> breakTie(Evidence evidence, Cancellation cancellation) {
    return run.judge()
        .flatMap(judge ->
            new AskAboutTie(
                    judge,
                    run.request(),
                    setting,
                    limits,
                    store.answers(lease),
                    new RoomForProgram(setting.workDirectory(), () -> sandbox))
                .ask(evidence, cancellation));
  }

  private void phase(String name) {
    setting.events().accept(new RunEvent.PhaseStarted(name));
  }

  private void mark(String label, String state) {
    setting.checkpoints().mark(label, state);
  }

  private void notice(String text) {
    setting.events().accept(new RunEvent.Notice(text));
  }

  private void announce() {
    setting
        .events()
        .accept(
            new RunEvent.RunCreated(
                setting.task().text(),
                run.request().repository(),
                setting.base(),
                run.agents().stream().map(NamedAgent::name).toList(),
                sandbox.tier().label()));
    if (sandbox.tier() == Sandbox.Tier.NONE) {
      notice("There is no sandbox: commands of candidates can do whatever Winnow's user can do.");
    }
    Stream<NamedAgent> others = Stream.concat(run.tester().stream(), run.judge().stream());
    UnknownPrice.notices(Stream.concat(run.agents().stream(), others)).forEach(this::notice);
    if (!run.request().leftOut().isEmpty()) {
      notice(
          "%d uncommitted files are left out (%s); take them in with --include-uncommitted."
              .formatted(run.request().leftOut().size(), some(run.request().leftOut())));
    }
  }

  /** Resolves dependencies and runs the base's tests: what a candidate must not break. */
  private Inventory prepare(Cancellation cancellation) {
    phase("prepare");
    try (Workspace workspace =
        setting
            .mirror()
            .checkout(
                setting.baseTree(),
                setting.workDirectory().resolve("prepare"),
                sandbox,
                run.runner().runner().buildOutputs())) {
      TestRun prepared = run.runner().prepare(workspace.root(), limits.testWall(), cancellation);
      if (!prepared.ran()) {
        // it may still work: everything that is needed can be in the caches already
        notice("Dependencies could not be resolved: " + prepared.reason());
      }
    }
    Inventory inventory = Inventory.take(bench, setting.baseTree(), cancellation);
    switch (inventory.state()) {
      case TESTED, NO_TESTS -> {
        if (!inventory.notice().isEmpty()) {
          notice(inventory.notice());
        }
      }
      case BROKEN, COULD_NOT_RUN ->
          throw new WinnowException(WinnowException.Category.INFRASTRUCTURE, inventory.notice());
    }
    setting
        .events()
        .accept(
            new RunEvent.BaseTested(
                run.runner().runner().name(),
                run.runner().why(),
                inventory.passing().size(),
                List.copyOf(inventory.excluded())));
    return inventory;
  }

  private Optional<TestSet> independentTests(
      OpenSession sessions, RedGate red, Cancellation cancellation) {
    if (run.tester().isEmpty()) {
      return Optional.empty();
    }
    phase("independent-tests");
    return Span.of("independent tests")
        .candidate(TestSet.TESTER, run.tester().get().name())
        .call(_ ->
            new WriteIndependentTests(setting, sessions, run.runner(), red)
                .write(run.tester().get(), cancellation));
  }

  private List<Candidate> candidates(DevelopCandidate develop, Cancellation cancellation) {
    phase("candidates");
    for (int i = 0; i < run.agents().size(); i++) {
      store.startCandidate(lease, "c" + (i + 1), run.agents().get(i).name());
    }
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < run.agents().size(); i++) {
      numbers.add(i);
    }
    List<Candidate> candidates =
        Fork.each(
            numbers,
            limits.parallelism(),
            cancellation,
            i ->
                stop -> {
                  NamedAgent agent = run.agents().get(i);
                  return Span.of("candidate")
                      .candidate("c" + (i + 1), agent.name())
                      .call(span -> candidate(develop, "c" + (i + 1), agent, stop, span));
                });
    return candidates;
  }

  private Candidate candidate(
      DevelopCandidate develop, String id, NamedAgent agent, Cancellation stop, Span span) {
    traces.save(lease, id, span.context());
    Candidate candidate = develop.develop(id, agent, stop);
    store.saveCandidate(lease, candidate, null);
    span.set("winnow.candidate.state", candidate.state());
    return candidate;
  }

  /** Keeps every candidate reachable, winner or not; commit by candidate. */
  private Map<String, String> keep(List<Candidate> candidates) {
    Map<String, String> commits = new TreeMap<>();
    for (Candidate candidate : candidates) {
      String commit = DeliverWinner.commit(setting, candidate);
      setting.carrier().ifPresent(c -> c.send(candidate.id(), commit, candidate.tree()));
      // fenced: the ref is written only by whoever could write the row
      store.saveCandidate(lease, candidate, commit);
      setting.mirror().keep(setting.run() + "/" + candidate.id(), commit);
      commits.put(candidate.id(), commit);
    }
    return commits;
  }

  private Evidence evidence(
      Inventory inventory,
      List<Candidate> candidates,
      Optional<TestSet> independent,
      Cancellation cancellation) {
    phase("evidence");
    Evidence evidence =
        Span.of("evidence")
            .call(_ ->
                new GatherEvidence(bench, inventory, setting.events())
                    .gather(
                        setting.baseTree(),
                        candidates.stream().map(Candidate::finished).toList(),
                        independent.orElse(null),
                        cancellation));
    store.saveEvidence(lease, evidence);
    return evidence;
  }

  private RunResult deliver(
      Map<String, Usage> usage,
      Map<String, String> commits,
      Decision decision,
      boolean machineFailed,
      Optional<String> outOfBudget) {
    RunOutcome outcome =
        switch (decision.outcome()) {
          case ACCEPTED -> RunOutcome.ACCEPTED;
          case ABSTAINED -> RunOutcome.ABSTAINED;
          // nobody passed because nothing can run any more: that is no word about the candidates
          case NONE -> machineFailed ? RunOutcome.FAILED : RunOutcome.NONE;
        };
    String reason = decision.rationale();
    if (outOfBudget.isPresent()) {
      notice(outOfBudget.get());
      if (outcome == RunOutcome.NONE || outcome == RunOutcome.ABSTAINED) {
        outcome = RunOutcome.BUDGET;
        reason = outOfBudget.get() + " No candidate was good enough by then.";
      }
    }
    RunResult.Waiting waiting = waiting(outcome, decision);
    if (waiting != null && outcome == RunOutcome.ACCEPTED) {
      outcome = RunOutcome.ABSTAINED;
      reason = "%s waits for approval. %s".formatted(decision.winner(), reason);
    }
    String commit = decision.winner() == null ? null : commits.get(decision.winner());
    String branch = null;
    if (commit != null && outcome == RunOutcome.ACCEPTED && run.request().branch()) {
      phase("deliver");
      Optional<String> created = Span.of("deliver").call(_ -> Optional.ofNullable(deliver(commit)));
      branch = created.orElse(null);
    }
    return new RunResult(
        setting.run(),
        outcome,
        reason,
        branch,
        decision,
        usage,
        List.of(),
        Spending.NONE,
        null,
        waiting);
  }

  private RunResult.@Nullable Waiting waiting(RunOutcome outcome, Decision decision) {
    RunTerms terms = run.request().termsOrUsual();
    Instant until = terms.answerWithin().map(Instant.now()::plus).orElse(null);
    return switch (outcome) {
      case ACCEPTED ->
          terms.approve() ? new RunResult.Waiting("approval", decision.winner(), until) : null;
      case ABSTAINED -> new RunResult.Waiting("choice", null, until);
      case NONE, BUDGET, CANCELLED, FAILED -> null;
    };
  }

  /** The new branch, or null when the repository is not on this machine. */
  private @Nullable String deliver(String commit) {
    if (!setting.mirror().hasRepository()) {
      notice(
          "The repository %s is not on this node: 'winnow runs deliver %s' creates the branch where it is."
              .formatted(run.request().repository(), setting.run()));
      return null;
    }
    String branch = DeliverWinner.deliver(setting, commit);
    MarkTrack.of(run.request(), commit).ifPresent(this::notice);
    return branch;
  }

  private static boolean couldNotRun(Evidence evidence) {
    return evidence.cells().stream()
            .anyMatch(cell ->
                cell.testSet().equals(TestSet.BASE)
                    && cell.outcome() == MatrixCell.Outcome.COULD_NOT_RUN)
        || evidence.candidates().stream()
            .anyMatch(c ->
                c.ownTests() != null && c.ownTests().verdict() == TestRun.Verdict.COULD_NOT_RUN);
  }

  private static String some(List<String> paths) {
    String shown = String.join(", ", paths.subList(0, Math.min(3, paths.size())));
    return paths.size() <= 3 ? shown : shown + ", ...";
  }
}
