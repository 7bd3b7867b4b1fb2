package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.Conversation;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.Prompts;
import dev.winnow.agent.Reply;
import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.evidence.GreenCheck;
import dev.winnow.evidence.GreenResult;
import dev.winnow.evidence.RedGate;
import dev.winnow.evidence.RedResult;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.NamingRule;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.evidence.tamper.TamperFinding;
import dev.winnow.telemetry.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One agent's way through red and green. Red: it writes tests, and Winnow runs them on the base,
 * where they must fail for the right reason. Green: it implements, and Winnow runs its tests and
 * the existing ones until they pass.
 */
final class DevelopCandidate {

  /** How often an agent may write its tests. */
  static final int RED_ATTEMPTS = 3;

  /** How often an agent may repair its implementation. */
  static final int REPAIRS = 3;

  private final RunSetting setting;
  private final OpenSession sessions;
  private final PreparedRunner runner;
  private final RedGate red;
  private final GreenCheck green;
  private final Queue<String> outOfBudget = new ConcurrentLinkedQueue<>();

  DevelopCandidate(
      RunSetting setting,
      OpenSession sessions,
      PreparedRunner runner,
      RedGate red,
      GreenCheck green) {
    this.setting = setting;
    this.sessions = sessions;
    this.runner = runner;
    this.red = red;
    this.green = green;
  }

  /** Where a candidate stands while it is developed. */
  private final class Progress {
    private final String id;
    private final Conversation session;
    private final CandidateFiles files;
    private final Cancellation cancellation;
    private Usage usage = Usage.NONE;
    private boolean exhausted;
    private String tree = setting.baseTree();

    Progress(String id, Conversation session, CandidateFiles files, Cancellation cancellation) {
      this.id = id;
      this.session = session;
      this.files = files;
      this.cancellation = cancellation;
    }

    /** The reason why the agent cannot go on, or empty. */
    Optional<String> prompt(String purpose, String text) {
      Reply reply = session.prompt(new Prompt(purpose, text), cancellation);
      if (reply.failure().equals(Optional.of(Reply.Failure.BUDGET))) {
        // not recorded: with a larger budget the run can go on from here
        exhausted = true;
        outOfBudget.add(reply.reason());
        tree = files.now();
        return Optional.empty();
      }
      var _ = reply.orThrow();
      usage = usage.plus(reply.usage());
      tree = files.after(purpose);
      return reply.agentFailed() ? Optional.of(reply.reason()) : Optional.empty();
    }
  }

  /** Why agents were not asked again, when the budget was the reason. */
  Optional<String> outOfBudget() {
    return Optional.ofNullable(outOfBudget.peek());
  }

  Candidate develop(String id, NamedAgent agent, Cancellation cancellation) {
    setting.events().accept(new RunEvent.CandidateStarted(id, agent.name()));
    Candidate candidate;
    try (CandidateFiles files = sessions.files(id);
        Conversation session = sessions.open(id, agent, files)) {
      candidate = redThenGreen(agent, new Progress(id, session, files, cancellation));
    } catch (WinnowException e) {
      if (e.category() != WinnowException.Category.AGENT) {
        throw e;
      }
      candidate = failed(id, agent, setting.baseTree(), String.valueOf(e.getMessage()), Usage.NONE);
    }
    String problem = candidate.problem();
    setting
        .events()
        .accept(
            new RunEvent.CandidateFinished(id, candidate.state(), problem == null ? "" : problem));
    return candidate;
  }

  private Candidate redThenGreen(NamedAgent agent, Progress progress) {
    String prompt =
        Prompts.red(
                setting.taskFor(progress.id).text(),
                runner.why(),
                NamingRule.of(runner.runner().name()))
            + Prompts.criteria(setting.criteriaIds());
    RedResult result = null;
    for (int attempt = 1; attempt <= RED_ATTEMPTS; attempt++) {
      String purpose = attempt == 1 ? "red" : "red-" + attempt;
      int number = attempt;
      String text = prompt;
      Attempt<RedResult> attempted =
          Span.of("red")
              .set("winnow.attempt", attempt)
              .call(span -> writeTests(agent, progress, new Prompt(purpose, text), number, span));
      if (attempted.failed() != null) {
        return attempted.failed();
      }
      result = attempted.checked();
      if (result.tests() != null) {
        setting.checkpoints().mark(progress.id + "/tests", "red");
        return implement(agent, progress, result.tests());
      }
      prompt = Prompts.redAgain((result.reason() + "\n\n" + result.quoted()).strip());
    }
    return new Candidate(
        progress.id,
        agent.name(),
        null,
        result == null ? "no tests were written" : result.reason(),
        null,
        null,
        progress.tree,
        progress.files.refused(),
        List.of(),
        progress.usage);
  }

  /** What one prompt and the check after it came to: one of both. */
  private record Attempt<T>(@Nullable Candidate failed, T checked) {}

  @SuppressWarnings("NullAway") // without a check there is a failed candidate
  private static <T> Attempt<T> ended(Candidate failed) {
    return new Attempt<>(failed, null);
  }

  private Attempt<RedResult> writeTests(
      NamedAgent agent, Progress progress, Prompt prompt, int attempt, Span span) {
    Optional<String> failure = progress.prompt(prompt.purpose(), prompt.text());
    if (failure.isPresent()) {
      span.failed("agent", failure.get());
      return ended(failed(progress.id, agent, progress.tree, failure.get(), progress.usage));
    }
    if (progress.exhausted) {
      String why = "the budget was used up before its tests were written";
      span.failed("budget", why);
      return ended(failed(progress.id, agent, progress.tree, why, progress.usage));
    }
    RedResult result =
        red.check(progress.id, setting.baseTree(), progress.tree, progress.cancellation);
    span.set("winnow.red", result.red());
    setting
        .events()
        .accept(new RunEvent.RedChecked(progress.id, attempt, result.red(), result.reason()));
    if (result.infrastructure()) {
      throw WinnowException.infrastructure(result.reason(), null);
    }
    return new Attempt<>(null, result);
  }

  private Attempt<GreenResult> writeCode(
      NamedAgent agent, Progress progress, Prompt prompt, TestSet tests, Span span) {
    Optional<String> failure = progress.prompt(prompt.purpose(), prompt.text());
    if (failure.isPresent()) {
      span.failed("agent", failure.get());
      return ended(failed(progress.id, agent, progress.tree, failure.get(), progress.usage));
    }
    GreenResult result =
        green.check(setting.baseTree(), progress.tree, tests, progress.cancellation);
    span.set("winnow.green", result.green())
        .set("winnow.tests.passed", result.passed())
        .set("winnow.tests.failed", result.failed());
    return new Attempt<>(null, result);
  }

  private Candidate implement(NamedAgent agent, Progress progress, TestSet frozen) {
    TestSet tests = frozen;
    List<TamperFinding> hints = new ArrayList<>();
    List<TamperFinding> vetoes = List.of();
    String problem = null;
    String prompt = Prompts.green(runner.why());
    for (int round = 0; round <= REPAIRS; round++) {
      String purpose = round == 0 ? "green" : "repair-" + round;
      Prompt ask = new Prompt(purpose, prompt);
      TestSet now = tests;
      Attempt<GreenResult> attempted =
          Span.of(round == 0 ? "green" : "repair")
              .set("winnow.attempt", round)
              .call(span -> writeCode(agent, progress, ask, now, span));
      if (attempted.failed() != null) {
        return attempted.failed();
      }
      GreenResult result = attempted.checked();
      tests = result.tests();
      // a veto holds as long as the tests are not mended; what was odd once stays a hint
      vetoes = result.findings().stream().filter(TamperFinding::veto).toList();
      result.findings().stream().filter(f -> !f.veto()).forEach(hints::add);
      setting
          .events()
          .accept(
              new RunEvent.GreenChecked(
                  progress.id,
                  round,
                  result.green(),
                  result.passed(),
                  result.failed(),
                  result.reason()));
      problem = result.green() ? null : result.reason();
      if (result.green() || result.infrastructure() || progress.exhausted) {
        break;
      }
      prompt = Prompts.repair((result.reason() + "\n\n" + result.quoted()).strip());
    }
    return new Candidate(
        progress.id,
        agent.name(),
        null,
        null,
        problem,
        tests,
        progress.tree,
        progress.files.refused(),
        Stream.concat(vetoes.stream(), hints.stream()).distinct().toList(),
        progress.usage);
  }

  private static Candidate failed(
      String id, NamedAgent agent, String tree, String reason, Usage usage) {
    return new Candidate(
        id, agent.name(), reason, null, null, null, tree, List.of(), List.of(), usage);
  }
}
