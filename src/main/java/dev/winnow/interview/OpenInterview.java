package dev.winnow.interview;

import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.PlanningPrompts;
import dev.winnow.agent.StoreAgents;
import dev.winnow.agent.Usage;
import dev.winnow.agent.tool.AskUserQuestion;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.spec.Complexity;
import dev.winnow.spec.Planning;
import dev.winnow.spec.PlanningMetadata;
import dev.winnow.spec.PlanningMetadata.Candidate;
import dev.winnow.spec.PlanningMetadata.Judgement;
import dev.winnow.spec.PlanningMetadata.Round;
import dev.winnow.spec.Question;
import dev.winnow.spec.Spec;
import dev.winnow.store.Database;
import dev.winnow.telemetry.Metrics;
import dev.winnow.telemetry.Span;
import dev.winnow.telemetry.TelemetryCollector;
import dev.winnow.telemetry.TraceContext;
import dev.winnow.workspace.WorkDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parts of an interview in which models speak, under its lease and in its journal. */
final class OpenInterview {

  private final Database database;
  private final InterviewStore store;
  private final AgentRegistry agents;
  private final Path dataDirectory;
  private final String node;
  private final TelemetryCollector telemetry;

  OpenInterview(
      Database database,
      InterviewStore store,
      AgentRegistry agents,
      Path dataDirectory,
      String node,
      TelemetryCollector telemetry) {
    this.database = database;
    this.store = store;
    this.agents = agents;
    this.dataDirectory = dataDirectory;
    this.node = node;
    this.telemetry = telemetry;
  }

  /** Asks one round; the planning after it. */
  Planning round(Spec spec, Planning planning, int most, Cancellation cancellation) {
    return held(
        spec,
        planning,
        "questions",
        interviewer -> {
          int round = planning.round() + 1;
          List<AskModels.Asked> asked =
              new AskModels(
                      interviewer,
                      PlanningPrompts.questions(
                          spec.task(),
                          DescribeSpec.surroundings(spec),
                          DescribeSpec.answers(planning),
                          most),
                      round,
                      most,
                      planning.questions().stream().map(Question::question).toList())
                  .ask(cancellation);
          if (asked.stream().allMatch(a -> a.error() != null)) {
            for (AskModels.Asked one : asked) {
              if (one.fault() != null) {
                throw one.fault(); // money or the machine: no word about the agents
              }
            }
            throw new WinnowException(
                WinnowException.Category.AGENT,
                "Nobody could ask: %s."
                    .formatted(
                        asked.stream()
                            .map(a -> a.agent() + ": " + a.error())
                            .collect(Collectors.joining("; "))));
          }
          PlanningMetadata metadata = planning.metadata();
          String detail = metadata.judge() == null ? "" : metadata.judge().model();
          ChooseQuestions.Choice choice =
              new ChooseQuestions(interviewer, detail)
                  .of(spec.task(), asked, round, most, cancellation);
          return after(planning, asked, choice, round);
        });
  }

  private Planning after(
      Planning planning, List<AskModels.Asked> asked, ChooseQuestions.Choice choice, int round) {
    List<Question> questions = new ArrayList<>(planning.questions());
    for (ChooseQuestions.Chosen chosen : choice.questions()) {
      AskUserQuestion.Asked question = chosen.question();
      questions.add(
          new Question(
              "q" + (questions.size() + 1),
              round,
              question.question(),
              question.rationale(),
              question.suggestions(),
              chosen.agent()));
    }
    ModelJudgement said = choice.judgement();
    List<Candidate> candidates = asked.stream().map(this::candidate).toList();
    List<Round> rounds = new ArrayList<>(planning.metadata().rounds());
    rounds.add(new Round(round, candidates, said == null ? null : judgement(said), choice.by()));
    Usage usage = asked.stream().map(AskModels.Asked::usage).reduce(Usage.NONE, Usage::plus);
    Long cost = 0L;
    for (AskModels.Asked one : asked) {
      cost = sum(cost, number(one.costMicros()));
    }
    if (said != null) {
      Metrics.current().judged(said.agreement());
      usage = usage.plus(said.usage());
      cost = sum(cost, number(said.costMicros()));
    }
    return planning.asked(
        questions,
        choice.questions().isEmpty(),
        planning
            .metadata()
            .with(
                rounds,
                planning.metadata().writer(),
                usage.inputTokens(),
                usage.outputTokens(),
                cost));
  }

  private Candidate candidate(AskModels.Asked asked) {
    return new Candidate(
        asked.agent(),
        asked.questions().stream().map(AskUserQuestion.Asked::question).toList(),
        asked.error(),
        asked.trace().map(TraceContext::traceId).orElse(null),
        asked.trace().flatMap(telemetry::url).orElse(null),
        asked.usage().inputTokens(),
        asked.usage().outputTokens(),
        number(asked.costMicros()));
  }

  private static Judgement judgement(ModelJudgement said) {
    return new Judgement(
        said.judge(),
        said.detail(),
        said.winner().orElse(null),
        ChooseQuestions.scores(said),
        said.reason(),
        said.usage().inputTokens(),
        said.usage().outputTokens(),
        number(said.costMicros()));
  }

  /** Writes criteria and plan; the planning after it. */
  Planning specification(Spec spec, Planning planning, Cancellation cancellation) {
    return held(
        spec,
        planning,
        "specification",
        interviewer -> {
          String prompt =
              PlanningPrompts.specify(
                  spec.task(),
                  DescribeSpec.surroundings(spec),
                  DescribeSpec.answers(planning),
                  phases(spec.complexity()));
          WriteSpecification.Written written =
              new WriteSpecification(interviewer, prompt).write(preferred(planning), cancellation);
          return planning.written(
              written.specification().overview(),
              written.specification().criteria(),
              written.specification().plan(),
              planning
                  .metadata()
                  .with(
                      planning.metadata().rounds(),
                      written.writer(),
                      written.usage().inputTokens(),
                      written.usage().outputTokens(),
                      number(written.costMicros())));
        });
  }

  private static String phases(Complexity complexity) {
    return switch (complexity) {
      case SIMPLE -> "one phase";
      case STANDARD -> "one to four phases";
      case COMPLEX -> "two to eight phases";
    };
  }

  private static String preferred(Planning planning) {
    List<Round> rounds = planning.metadata().rounds();
    return rounds.isEmpty() ? "" : rounds.getFirst().chosen();
  }

  private Planning held(
      Spec spec, Planning planning, String part, Function<Interviewer, Planning> work) {
    // a request of the server is collected already, and linked
    return TelemetryCollector.current().isPresent()
        ? spanned(spec, planning, part, work)
        : telemetry.collecting(() -> spanned(spec, planning, part, work));
  }

  private Planning spanned(
      Spec spec, Planning planning, String part, Function<Interviewer, Planning> work) {
    String interview = Objects.requireNonNull(planning.metadata().interview()).toString();
    return Span.of("interview")
        .trace(interview.replace("-", ""))
        .set("winnow.interview.id", interview)
        .set("winnow.spec.id", spec.id().toString())
        .set("winnow.interview.part", part)
        .set("winnow.interview.mode", planning.metadata().mode().label())
        .set("winnow.interview.round", planning.round() + 1L)
        .call(_ -> leased(planning, work));
  }

  private Planning leased(Planning planning, Function<Interviewer, Planning> work) {
    UUID interview = Objects.requireNonNull(planning.metadata().interview());
    Lease lease = Lease.acquire(database, interview, node);
    InterviewRequest request = store.request(interview);
    String name = "interview-%s-%d".formatted(interview, lease.epoch());
    try (WorkDirectory directory = WorkDirectory.create(dataDirectory, name)) {
      StoreAgents restore = new StoreAgents(agents);
      Interviewer interviewer =
          new Interviewer(
              interview,
              request.agents().stream()
                  .map(agent -> restore.restore(agent, directory.path()))
                  .toList(),
              request.judge().map(judge -> restore.restore(judge, directory.path())),
              new CheckpointManager(database, lease),
              new EventLog(database, lease)::append,
              mark(planning, store.failures(interview)));
      Planning after = work.apply(interviewer);
      store.rests(interview);
      return after;
    } catch (WinnowException e) {
      if (e.category() == WinnowException.Category.AGENT) {
        store.failed(interview, String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private static String mark(Planning planning, int failures) {
    String known = Json.write(List.of(planning.questions(), planning.answers(), failures));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(known.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Long number(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  private static @Nullable Long sum(@Nullable Long a, @Nullable Long b) {
    return a == null || b == null ? null : Long.valueOf(a + b);
  }
}
