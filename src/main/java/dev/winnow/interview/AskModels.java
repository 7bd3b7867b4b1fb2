package dev.winnow.interview;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.agent.CapText;
import dev.winnow.agent.Conversation;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.PlanningPrompts;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.PromptDispatcher;
import dev.winnow.agent.Reply;
import dev.winnow.agent.Usage;
import dev.winnow.agent.tool.AskUserQuestion;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Lets models ask, independently and in parallel. */
final class AskModels {

  /**
   * What one of them asked.
   *
   * @param error why it asked nothing, or null; without one, no questions mean that nothing is
   *     unclear
   * @param fault what stopped it, when that was not the agent
   */
  record Asked(
      String agent,
      List<AskUserQuestion.Asked> questions,
      @Nullable String error,
      Usage usage,
      OptionalLong costMicros,
      @Nullable RuntimeException fault) {}

  private static final int SAID_CHARS = 120;

  private final PromptDispatcher dispatcher = new PromptDispatcher();
  private final Interviewer interviewer;
  private final String prompt;
  private final int round;
  private final int most;
  private final List<String> before;

  /**
   * @param prompt what they are asked
   * @param most questions of this round
   * @param before questions of earlier rounds
   */
  AskModels(Interviewer interviewer, String prompt, int round, int most, List<String> before) {
    this.interviewer = interviewer;
    this.prompt = prompt;
    this.round = round;
    this.most = most;
    this.before = before;
  }

  List<Asked> ask(Cancellation cancellation) {
    List<NamedAgent> agents = interviewer.agents();
    return Fork.each(
        IntStream.range(0, agents.size()).boxed().toList(),
        cancellation,
        i -> stop -> ask("r%d-c%d".formatted(round, i + 1), agents.get(i), stop));
  }

  private Asked ask(String part, NamedAgent agent, Cancellation cancellation) {
    AskUserQuestion tool = new AskUserQuestion(most, before);
    try (Conversation conversation =
        dispatcher.open(
            agent,
            interviewer.context(
                part, PlanningPrompts.interviewer(), List.of(tool), new KeepQuestions(tool)))) {
      Reply first = conversation.prompt(new Prompt("questions-" + round, prompt), cancellation);
      stopIfCancelled(first);
      if (!first.ok() || !tool.asked().isEmpty() || isNothing(first.text())) {
        return asked(agent, tool, first, first.usage(), first.costMicros());
      }
      Reply second =
          conversation.prompt(
              new Prompt("again-" + round, PlanningPrompts.questionsAgain()), cancellation);
      stopIfCancelled(second);
      return asked(
          agent,
          tool,
          second,
          first.usage().plus(second.usage()),
          PriceTable.sum(first.costMicros(), second.costMicros()));
    }
  }

  private static void stopIfCancelled(Reply reply) {
    if (reply.fault() instanceof Cancellation.Cancelled cancelled) {
      throw cancelled;
    }
  }

  private static Asked asked(
      NamedAgent agent, AskUserQuestion tool, Reply reply, Usage usage, OptionalLong cost) {
    String error = null;
    if (!reply.ok() && (reply.agentFailed() || tool.asked().isEmpty())) {
      error = reply.reason();
    } else if (tool.asked().isEmpty() && !isNothing(reply.text())) {
      String said = CapText.oneLine(reply.text(), SAID_CHARS);
      error =
          said.isEmpty()
              ? "it asked nothing, and did not say that nothing is unclear"
              : "it answered in prose instead of asking: " + said;
    }
    return new Asked(
        agent.name(), error == null ? tool.asked() : List.of(), error, usage, cost, reply.fault());
  }

  private static boolean isNothing(String text) {
    String said = text.strip().toUpperCase(Locale.ROOT).replaceAll("[.*_`\"']+", "");
    return said.equals(PlanningPrompts.NOTHING_UNCLEAR);
  }
}
