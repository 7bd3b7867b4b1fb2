package dev.winnow.interview;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.Conversation;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.PlanningPrompts;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.PromptDispatcher;
import dev.winnow.agent.Reply;
import dev.winnow.agent.Usage;
import dev.winnow.interview.ReadSpecification.Specification;
import dev.winnow.spec.CheckCriterion;
import dev.winnow.spec.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets a model write criteria and plan from the answers. Who asked the chosen questions comes
 * first; when it cannot, the other one does.
 */
final class WriteSpecification {

  /** What was written, by whom, for how much. */
  record Written(
      Specification specification, String writer, Usage usage, OptionalLong costMicros) {}

  /** The agent gave no answer at all. */
  private static final String FAILED = "failed";

  private final Interviewer interviewer;
  private final String prompt;
  private @Nullable RuntimeException fault;
  private Usage usage = Usage.NONE;
  private OptionalLong cost = OptionalLong.of(0);

  WriteSpecification(Interviewer interviewer, String prompt) {
    this.interviewer = interviewer;
    this.prompt = prompt;
  }

  /**
   * @throws WinnowException of category AGENT with every agent's reason when none can
   */
  Written write(String preferred, Cancellation cancellation) {
    List<String> problems = new ArrayList<>();
    List<NamedAgent> agents = new ArrayList<>(interviewer.agents());
    agents.sort(java.util.Comparator.comparing(a -> !a.name().equals(preferred)));
    for (NamedAgent agent : agents) {
      int place = interviewer.agents().indexOf(agent) + 1;
      try (Conversation conversation =
          new PromptDispatcher()
              .open(
                  agent,
                  interviewer.context(
                      "spec-c" + place, PlanningPrompts.writer(), List.of(), (_, _) -> {}))) {
        Optional<Specification> written = write(conversation, agent, problems, cancellation);
        if (written.isPresent()) {
          return new Written(written.get(), agent.name(), usage, cost);
        }
      }
    }
    RuntimeException stopped = fault;
    if (stopped != null) {
      throw stopped; // money or the machine: no word about the agents
    }
    throw new WinnowException(
        WinnowException.Category.AGENT,
        "The acceptance criteria could not be written (%s). The answers are kept: try again."
            .formatted(String.join("; ", problems)));
  }

  private Optional<Specification> write(
      Conversation conversation,
      NamedAgent agent,
      List<String> problems,
      Cancellation cancellation) {
    ReadSpecification read = say(conversation, "specify", prompt, agent, problems, cancellation);
    String complaints = complaints(read);
    if (complaints.isEmpty() || read.problem().equals(FAILED)) {
      return Optional.ofNullable(read.specification());
    }
    ReadSpecification again =
        say(
            conversation,
            "specify-2",
            PlanningPrompts.specifyAgain(complaints),
            agent,
            problems,
            cancellation);
    // criteria that still cannot be tested are shown by the validation, to a person
    Specification best =
        again.specification() == null ? read.specification() : again.specification();
    if (best == null && !again.problem().equals(FAILED)) {
      problems.add(agent.name() + ": " + again.problem());
    }
    return Optional.ofNullable(best);
  }

  private ReadSpecification say(
      Conversation conversation,
      String purpose,
      String text,
      NamedAgent agent,
      List<String> problems,
      Cancellation cancellation) {
    Reply reply =
        conversation.prompt(
            new Prompt(purpose, text, Optional.of(ReadSpecification.format())), cancellation);
    if (reply.fault() instanceof Cancellation.Cancelled cancelled) {
      throw cancelled;
    }
    fault = fault == null ? reply.fault() : fault;
    usage = usage.plus(reply.usage());
    cost = PriceTable.sum(cost, reply.costMicros());
    if (!reply.ok()) {
      problems.add(agent.name() + ": " + reply.reason());
      return new ReadSpecification(null, FAILED);
    }
    return ReadSpecification.of(reply.text());
  }

  /** What it should mend; empty when nothing. */
  private static String complaints(ReadSpecification read) {
    Specification specification = read.specification();
    return specification == null
        ? read.problem()
        : specification.criteria().stream()
            .flatMap(criterion -> CheckCriterion.problems(criterion).stream())
            .map(Validation.Finding::message)
            .collect(Collectors.joining("\n"));
  }
}
