package dev.winnow.interview;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.AgentRequest;
import dev.winnow.spec.Planning;
import dev.winnow.spec.PlanningMetadata;
import dev.winnow.spec.PlanningMetadata.Asked;
import dev.winnow.spec.PlanningMetadata.Mode;
import dev.winnow.spec.Question;
import dev.winnow.spec.Spec;
import dev.winnow.spec.SpecService;
import dev.winnow.store.Database;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds the interview of a spec, step by step: questions, then after the answers maybe more
 * questions, then criteria and plan. Between the steps everything is in the database, so whoever
 * answers may do so days later and elsewhere. Thread-safe; two that go on with one interview at the
 * same time do it once.
 */
public final class ConductInterview {

  private static final int MOST_ROUNDS = 5;

  private final SpecService specs;
  private final InterviewStore store;
  private final OpenInterview open;
  private final Map<UUID, ReentrantLock> locks = new ConcurrentHashMap<>();

  /**
   * @param dataDirectory for what agents need while they work
   * @param node the name of this process
   */
  public ConductInterview(
      Database database,
      SpecService specs,
      AgentRegistry agents,
      Path dataDirectory,
      String node,
      TraceLinks traces) {
    this.specs = specs;
    this.store = new InterviewStore(database);
    this.open = new OpenInterview(database, store, agents, dataDirectory, node, traces);
  }

  /**
   * Begins the interview and asks the first questions; one that has begun goes on as it is.
   *
   * @throws WinnowException of category USAGE for options that do not fit, AGENT when no agent can
   *     ask, with the reasons of all
   */
  public Spec begin(UUID id, InterviewOptions options, Cancellation cancellation) {
    check(options);
    ReentrantLock lock = locks.computeIfAbsent(id, _ -> new ReentrantLock());
    lock.lock();
    try {
      Spec spec = specs.get(id);
      Planning before = spec.artifacts().planning();
      if (before == null || (before.answers().isEmpty() && !isSame(before, options))) {
        Planning empty = empty(spec, options); // a run is made for it: not inside of the change
        Spec _ =
            specs.changePlanning(
                id,
                now ->
                    Objects.equals(before, now.artifacts().planning())
                        ? now.withPlanning(empty)
                        : now);
      }
      return goOn(id, cancellation);
    } finally {
      lock.unlock();
    }
  }

  /** Another way may be tried as long as nobody has answered; what failed begins anew. */
  private boolean isSame(Planning planning, InterviewOptions options) {
    if (planning.metadata().writer().equals(PlanningMetadata.IMPORTED)) {
      return !planning.questions().isEmpty(); // its own questions come first
    }
    UUID interview = planning.metadata().interview();
    return planning.metadata().mode() == options.mode()
        && planning.metadata().agents().equals(asked(options))
        && (planning.round() > 0 || interview == null || store.failures(interview) == 0);
  }

  private Planning empty(Spec spec, InterviewOptions options) {
    int most = options.maxQuestions().orElse(spec.complexity().questions());
    UUID interview =
        options.mode() == Mode.STUB
            ? null
            : store.create(
                spec, new InterviewRequest(options.agents(), options.judge()), options.budget());
    return new Planning(
        List.of(),
        List.of(),
        false,
        "",
        List.of(),
        List.of(),
        new PlanningMetadata(
            options.mode(),
            most,
            interview,
            asked(options),
            options.judge().map(ConductInterview::asked).orElse(null),
            List.of(),
            "",
            0,
            0,
            0L));
  }

  private static List<Asked> asked(InterviewOptions options) {
    return options.agents().stream().map(ConductInterview::asked).toList();
  }

  private static Asked asked(AgentRequest agent) {
    String provider =
        agent.config() instanceof AgentConfig.Sdk sdk
            ? sdk.provider().label()
            : agent.config().kind().name().toLowerCase(Locale.ROOT);
    return new Asked(agent.name(), provider, agent.config().detail());
  }

  private static void check(InterviewOptions options) {
    int most = options.maxQuestions().orElse(1);
    if (most < 0 || most > InterviewOptions.MOST_QUESTIONS) {
      throw WinnowException.usage(
          "An interview asks 0 to %d questions, not %d."
              .formatted(InterviewOptions.MOST_QUESTIONS, most));
    }
    int needed =
        switch (options.mode()) {
          case STUB -> 0;
          case SINGLE -> 1;
          case DUAL -> 2;
        };
    if (options.agents().size() != needed) {
      throw WinnowException.usage(
          "Mode %s needs %d agents, not %d."
              .formatted(options.mode().label(), needed, options.agents().size()));
    }
    if (options.mode() == Mode.DUAL && options.judge().isEmpty()) {
      throw WinnowException.usage(
          "Mode dual needs a judge between the two sets of questions: set JUDGE_MODEL, or give --judge AGENT.");
    }
    for (AgentRequest agent : options.agents()) {
      if (agent.config() instanceof AgentConfig.Cli) {
        throw WinnowException.usage(
            "Agent '%s' is a program with tools of its own and cannot ask for you: name one of kind sdk, http or scripted."
                .formatted(agent.name()));
      }
    }
  }

  /**
   * Does what comes next: nothing while questions are open, else another round, else criteria and
   * plan.
   */
  public Spec goOn(UUID id, Cancellation cancellation) {
    ReentrantLock lock = locks.computeIfAbsent(id, _ -> new ReentrantLock());
    lock.lock();
    try {
      Spec spec = specs.get(id);
      while (true) {
        Planning planning = spec.artifacts().planning();
        if (planning == null) {
          throw WinnowException.usage(
              "Spec %s has no interview yet: start it with 'winnow plan %s'.".formatted(id, id));
        }
        if (!planning.open().isEmpty() || isWritten(planning)) {
          return spec;
        }
        spec =
            planning.settled()
                ? write(spec, planning, cancellation)
                : ask(spec, planning, cancellation);
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean isWritten(Planning planning) {
    return planning.settled() && !planning.metadata().writer().isEmpty();
  }

  private Spec ask(Spec spec, Planning planning, Cancellation cancellation) {
    int left = planning.metadata().maxQuestions() - planning.questions().size();
    boolean over = left <= 0 || planning.round() >= MOST_ROUNDS;
    if (over || (planning.metadata().mode() == Mode.STUB && planning.round() > 0)) {
      return keep(spec, planning, planning.asked(planning.questions(), true, planning.metadata()));
    }
    if (planning.metadata().mode() == Mode.STUB) {
      List<Question> fixed = AskFixedQuestions.of(spec, left);
      return keep(
          spec,
          planning,
          planning.asked(
              fixed, true, withRound(planning, List.of(), null, WriteFromAnswers.WRITER)));
    }
    return keep(spec, planning, open.round(spec, planning, left, cancellation));
  }

  private static PlanningMetadata withRound(
      Planning planning,
      List<PlanningMetadata.Candidate> candidates,
      PlanningMetadata.@org.jspecify.annotations.Nullable Judgement judgement,
      String chosen) {
    PlanningMetadata before = planning.metadata();
    List<PlanningMetadata.Round> rounds = new ArrayList<>(before.rounds());
    rounds.add(new PlanningMetadata.Round(rounds.size() + 1, candidates, judgement, chosen));
    return before.with(rounds, before.writer(), 0, 0, 0L);
  }

  private Spec write(Spec spec, Planning planning, Cancellation cancellation) {
    if (planning.metadata().mode() != Mode.STUB) {
      return keep(spec, planning, open.specification(spec, planning, cancellation));
    }
    var criteria = WriteFromAnswers.criteria(spec, planning);
    return keep(
        spec,
        planning,
        planning.written(
            "",
            criteria,
            WriteFromAnswers.plan(spec, criteria),
            planning
                .metadata()
                .with(planning.metadata().rounds(), WriteFromAnswers.WRITER, 0, 0, 0L)));
  }

  /** Unless somebody was faster, in another process, or answered again meanwhile. */
  private Spec keep(Spec spec, Planning before, Planning after) {
    return specs.changePlanning(
        spec.id(),
        now -> before.equals(now.artifacts().planning()) ? now.withPlanning(after) : now);
  }
}
