package dev.winnow.judge.model;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.agent.AgentContext;
import dev.winnow.agent.CapText;
import dev.winnow.agent.Conversation;
import dev.winnow.agent.JudgePrompt;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.PlanningPrompts;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.PromptDispatcher;
import dev.winnow.agent.Prompts;
import dev.winnow.agent.Reply;
import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.telemetry.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Asks a judge in both orders, each in a conversation of its own, with one repair. */
public final class AskJudge {

  /** What all candidates together may show, so that a judge's context holds them. */
  private static final int MATERIAL_BYTES = 240 * 1024;

  private static final int MOST_BYTES_EACH = 48 * 1024;
  private static final int SAID_BYTES = 8 * 1024;

  /**
   * What the run gives to the judge.
   *
   * @param contexts for {@code judge-1} and {@code judge-2}, one for each order; without tools
   */
  public record Bench(
      UUID run, Function<String, AgentContext> contexts, Consumer<RunEvent> events) {}

  private record Asked(Opinion opinion, Usage usage, OptionalLong costMicros) {}

  private final PromptDispatcher dispatcher = new PromptDispatcher();
  private final NamedAgent judge;
  private final String detail;
  private final Bench bench;

  /**
   * @param detail the judge's model or program, for the record
   */
  public AskJudge(NamedAgent judge, String detail, Bench bench) {
    this.judge = judge;
    this.detail = detail;
    this.bench = bench;
  }

  /** Which answer serves the question best. */
  public ModelJudgement answers(
      String question, Map<String, String> answers, Cancellation cancellation) {
    return ask(answers, shown -> Prompts.judgeAnswers(question, shown), cancellation);
  }

  /** Which change serves the task best; the materials are diffs and evidence, no agent's prose. */
  public ModelJudgement changes(
      String task, Map<String, String> materials, Cancellation cancellation) {
    return ask(materials, shown -> Prompts.judgeChange(task, shown), cancellation);
  }

  /** Which set of planning questions serves the person best. */
  public ModelJudgement questions(
      String task, Map<String, String> sets, Cancellation cancellation) {
    return ask(sets, shown -> PlanningPrompts.judgeQuestions(task, shown), cancellation);
  }

  private ModelJudgement ask(
      Map<String, String> materials,
      Function<List<JudgePrompt.Shown>, String> text,
      Cancellation cancellation) {
    List<String> candidates = materials.keySet().stream().sorted().toList();
    List<List<String>> orders = BlindOrders.of(bench.run(), candidates);
    List<Asked> asked =
        Fork.each(
            IntStream.range(0, orders.size()).boxed().toList(),
            cancellation,
            i ->
                stop ->
                    Span.of("judge order")
                        .candidate("judge-" + (i + 1), judge.name())
                        .call(_ -> inOrder(i + 1, orders.get(i), materials, text, stop)));
    Usage usage = asked.stream().map(Asked::usage).reduce(Usage.NONE, Usage::plus);
    OptionalLong cost = OptionalLong.of(0);
    for (Asked one : asked) {
      cost = PriceTable.sum(cost, one.costMicros());
    }
    return new ModelJudgement(
        judge.name(), detail, asked.stream().map(Asked::opinion).toList(), usage, cost);
  }

  private Asked inOrder(
      int number,
      List<String> order,
      Map<String, String> materials,
      Function<List<JudgePrompt.Shown>, String> text,
      Cancellation cancellation) {
    List<JudgePrompt.Shown> shown = blinded(order, materials);
    ReadVerdict reader = new ReadVerdict(order, shown);
    Usage usage = Usage.NONE;
    OptionalLong cost = OptionalLong.of(0);
    ReadVerdict.Read read = ReadVerdict.Read.refused("it was not asked");
    String said = "";
    try (Conversation conversation =
        dispatcher.open(judge, bench.contexts().apply("judge-" + number))) {
      String prompt = text.apply(shown);
      for (String purpose : List.of("verdict", "verdict-2")) {
        Reply reply =
            conversation
                .prompt(
                    new Prompt(purpose, prompt, Optional.of(VerdictFormat.of(order.size()))),
                    cancellation)
                .orThrow();
        usage = usage.plus(reply.usage());
        cost = PriceTable.sum(cost, reply.costMicros());
        said = reply.text();
        read = reply.ok() ? reader.read(said) : ReadVerdict.Read.refused(reply.reason());
        if (read.verdict() != null || !reply.ok()) {
          break;
        }
        prompt = Prompts.judgeAgain(read.problem());
      }
    }
    Opinion opinion =
        new Opinion(order, read.verdict(), read.problem(), CapText.headAndTail(said, SAID_BYTES));
    tell(number, opinion);
    return new Asked(opinion, usage, cost);
  }

  private static List<JudgePrompt.Shown> blinded(
      List<String> order, Map<String, String> materials) {
    int each = Math.min(MOST_BYTES_EACH, MATERIAL_BYTES / Math.max(1, order.size()));
    List<JudgePrompt.Shown> shown = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      String material = materials.getOrDefault(order.get(i), "");
      shown.add(new JudgePrompt.Shown(JudgePrompt.label(i), CapText.headAndTail(material, each)));
    }
    return shown;
  }

  private void tell(int number, Opinion opinion) {
    Verdict verdict = opinion.verdict();
    bench
        .events()
        .accept(
            new RunEvent.JudgeAnswered(
                judge.name(),
                number,
                opinion.shown(),
                verdict == null ? null : verdict.winner(),
                verdict == null ? Map.of() : verdict.scores(),
                verdict == null ? "" : verdict.rationale(),
                opinion.problem()));
  }
}
