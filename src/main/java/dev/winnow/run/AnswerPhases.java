package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.agent.AgentContext;
import dev.winnow.agent.AgentLimits;
import dev.winnow.agent.AgentRequest;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.PromptDispatcher;
import dev.winnow.agent.Prompts;
import dev.winnow.agent.Reply;
import dev.winnow.agent.UnknownPrice;
import dev.winnow.agent.Usage;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.checkpoint.Spending;
import dev.winnow.judge.DecideAnswer;
import dev.winnow.judge.DecideAnswer.Answer;
import dev.winnow.judge.Decision;
import dev.winnow.judge.model.AskJudge;
import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.telemetry.Span;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A question to several agents at once: their answers, the judge, the decision. */
final class AnswerPhases {

  private final RunRequest request;
  private final List<NamedAgent> agents;
  private final Optional<NamedAgent> judge;
  private final AgentLimits limits;
  private final CheckpointManager steps;
  private final AnswerStore store;
  private final RoomForProgram room;
  private final Toolbox toolbox;
  private final Consumer<RunEvent> events;
  private final Map<String, Usage> usage = new ConcurrentHashMap<>();
  private final Queue<RuntimeException> outOfBudget = new ConcurrentLinkedQueue<>();

  AnswerPhases(
      RunRequest request,
      List<NamedAgent> agents,
      Optional<NamedAgent> judge,
      AgentLimits limits,
      CheckpointManager steps,
      AnswerStore store,
      RoomForProgram room,
      Toolbox toolbox,
      Consumer<RunEvent> events) {
    this.request = request;
    this.agents = agents;
    this.judge = judge;
    this.limits = limits;
    this.steps = steps;
    this.store = store;
    this.room = room;
    this.toolbox = toolbox;
    this.events = events;
  }

  RunResult decide(Cancellation cancellation) {
    events.accept(
        new RunEvent.RunCreated(
            request.task().text(), "", "", agents.stream().map(NamedAgent::name).toList(), ""));
    UnknownPrice.notices(Stream.concat(agents.stream(), judge.stream()))
        .forEach(line -> events.accept(new RunEvent.Notice(line)));
    events.accept(new RunEvent.PhaseStarted("answers"));
    List<Answer> answers =
        Fork.each(
            IntStream.range(0, agents.size()).boxed().toList(),
            cancellation,
            i ->
                stop ->
                    Span.of("candidate")
                        .candidate("c" + (i + 1), agents.get(i).name())
                        .call(span -> {
                          store.trace("c" + (i + 1), span);
                          return answer("c" + (i + 1), agents.get(i), stop);
                        }));
    stopWithoutMoney(answers);
    Optional<ModelJudgement> judgement =
        Span.of("judge").call(_ -> judgement(answers, cancellation));
    cancellation.check(); // the last moment: nothing below waits
    Decision decision = Span.of("decision").call(span -> decision(answers, judgement, span));
    events.accept(
        new RunEvent.Decided(
            decision.winner(),
            decision.rule().label(),
            decision.rationale(),
            decision.confidence().label()));
    RunOutcome outcome =
        switch (decision.outcome()) {
          case ACCEPTED -> RunOutcome.ACCEPTED;
          case ABSTAINED -> RunOutcome.ABSTAINED;
          case NONE -> RunOutcome.NONE;
        };
    Optional<String> winner =
        answers.stream()
            .filter(answer -> answer.candidate().equals(decision.winner()))
            .findFirst()
            .map(Answer::text);
    return new RunResult(
        store.run(),
        outcome,
        decision.rationale(),
        null,
        decision,
        new TreeMap<>(usage),
        List.of(),
        Spending.NONE,
        winner.orElse(null),
        null);
  }

  private Decision decision(List<Answer> answers, Optional<ModelJudgement> judgement, Span span) {
    Decision decision = DecideAnswer.decide(answers, judgement);
    store.trace(TraceStore.DECISION, span);
    span.set("winnow.decision.rule", decision.rule().label())
        .set("winnow.decision.winner", decision.winner())
        .set("winnow.decision.confidence", decision.confidence().label());
    return decision;
  }

  private Answer answer(String id, NamedAgent agent, Cancellation cancellation) {
    events.accept(new RunEvent.CandidateStarted(id, agent.name()));
    Reply reply =
        new PromptDispatcher()
            .send(
                new PromptDispatcher.Target(agent, context(id, agent, Prompts.answerer(), tools())),
                new Prompt("answer", Prompts.question(request.task().text())),
                cancellation);
    if (reply.failure().equals(Optional.of(Reply.Failure.BUDGET)) && reply.fault() != null) {
      outOfBudget.add(reply.fault()); // the others' answers are still good
    } else {
      reply.orThrow();
    }
    boolean answered = reply.ok() && !reply.text().isBlank();
    String failure = answered ? null : reply.ok() ? "the answer is empty" : reply.reason();
    Answer answer =
        new Answer(id, agent.name(), reply.text().isBlank() ? null : reply.text(), failure);
    usage.put(id, reply.usage());
    store.save(answer, reply.usage());
    events.accept(
        new RunEvent.CandidateFinished(
            id, answered ? "ready" : "failed", failure == null ? "" : failure));
    return answer;
  }

  /** Without any answer it is the budget's fault, not the agents'. */
  private void stopWithoutMoney(List<Answer> answers) {
    RuntimeException fault = outOfBudget.peek();
    if (fault != null && answers.stream().allMatch(answer -> answer.failure() != null)) {
      throw fault;
    }
  }

  private Optional<ModelJudgement> judgement(List<Answer> answers, Cancellation cancellation) {
    Map<String, String> texts = DecideAnswer.toCompare(answers);
    if (texts.isEmpty()) {
      return Optional.empty();
    }
    events.accept(new RunEvent.PhaseStarted("judge"));
    NamedAgent asked =
        judge.orElseThrow(() -> new IllegalStateException("several agents and no judge"));
    String detail = request.judge().map(AgentRequest::config).map(c -> c.detail()).orElse("");
    AskJudge.Bench bench =
        new AskJudge.Bench(
            store.run(), id -> context(id, asked, Prompts.judge(), List.of()), events);
    ModelJudgement judgement =
        new AskJudge(asked, detail, bench).answers(request.task().text(), texts, cancellation);
    store.save(judgement);
    usage.put("judge", judgement.usage());
    return Optional.of(judgement);
  }

  private List<Tool> tools() {
    return request.tools().isEmpty() ? List.of() : toolbox.withoutWorkspace();
  }

  /** There is no workspace. */
  private AgentContext context(String id, NamedAgent agent, String rules, List<Tool> tools) {
    return new AgentContext(
        id, rules, tools, limits, steps, (_, _) -> {}, events, room.of(agent, id));
  }
}
