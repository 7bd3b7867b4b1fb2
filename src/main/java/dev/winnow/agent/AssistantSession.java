package dev.winnow.agent;

import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentReply.Ending;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.agent.tool.ToolSpec;
import dev.winnow.checkpoint.Intent;
import dev.winnow.checkpoint.RunEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tool loop: ask the model, run what it calls, hand the results back, until it calls nothing or
 * a limit is reached. The conversation is kept over the prompts of the session.
 */
final class AssistantSession implements AgentSession {

  private static final Logger LOG = LoggerFactory.getLogger(AssistantSession.class);

  /** All that a model call depends on; its hash guards the recorded reply. */
  record CallInput(String model, String system, List<Message> messages, List<String> tools) {}

  /**
   * The same for a call that goes on where another one ended, so that a long conversation is not
   * written, hashed and stored anew in each turn.
   *
   * @param before hash of the input of the call before
   * @param messages that came since, from the reply to that call on
   */
  record NextInput(String model, String before, List<Message> messages) {}

  /** A reply, or, recorded as well so that a resumed run takes the same way, that time was up. */
  record CallOutcome(@Nullable ModelReply reply) {}

  private final ChatModel model;
  private final AgentContext context;
  private final RunToolCalls calls;
  private final List<ToolSpec> specs;
  private final CondenseConversation condense;
  private final List<Message> conversation = new ArrayList<>();
  private final Set<String> purposes = new HashSet<>();
  private String before =
      ""; // hash of the input of the last call; empty when the next one is whole
  private int hashed; // messages that it stands for
  private boolean told;

  AssistantSession(ChatModel model, AgentContext context) {
    this.model = model;
    this.context = context;
    this.calls = new RunToolCalls(context);
    this.specs = context.tools().stream().map(Tool::spec).toList();
    this.condense = new CondenseConversation(model.contextTokens(), context.rules(), specs);
  }

  @Override
  public AgentReply prompt(Prompt prompt, Cancellation cancellation) {
    String purpose = prompt.purpose();
    if (!purpose.matches("[a-z][a-z0-9-]*") || !purposes.add(purpose)) {
      throw new IllegalArgumentException("the purpose names steps, and must be new: " + purpose);
    }
    cancellation.check();
    conversation.add(new Message.User(prompt.text()));
    try (Deadline deadline = new Deadline(context.limits().time(), cancellation)) {
      AgentReply reply = new Phase(prompt, deadline).run();
      context.steps().flush(); // nobody relies on a reply that a crash could take back
      return reply;
    }
  }

  @Override
  public void close() {
    conversation.clear();
    context.tools().forEach(Tool::close);
  }

  /** One prompt's way through the loop. */
  private final class Phase {
    private final String purpose;
    private final Optional<OutputFormat> format;
    private final Deadline deadline;
    private final LoopGuard guard;
    private Usage usage = Usage.NONE;
    private OptionalLong cost = OptionalLong.of(0);
    private String said = "";
    private int turn;
    private int toolCalls;

    Phase(Prompt prompt, Deadline deadline) {
      this.purpose = prompt.purpose();
      this.format = prompt.format();
      this.deadline = deadline;
      boolean canWrite = context.tools().stream().anyMatch(Tool::writes);
      this.guard =
          new LoopGuard(canWrite ? context.limits().idleTurns() : 0, context.afterTurn().files());
    }

    AgentReply run() {
      while (turn < context.limits().turns()) {
        // deterministic: a resumed run comes to the same conversation
        CondenseConversation.Result room = condense.of(conversation);
        if (!room.fits()) {
          return ended(
              Ending.FAILED,
              "the conversation has about %,d tokens and does not fit into the %,d of %s, even condensed"
                  .formatted(room.after(), model.contextTokens(), model.name()));
        }
        if (room.condensed() > 0) {
          conversation.clear();
          conversation.addAll(room.messages());
          before = "";
        }
        turn++;
        ModelReply reply;
        try {
          reply = ask(room);
        } catch (WinnowException e) {
          if (e.category() != WinnowException.Category.AGENT) {
            throw e;
          }
          return ended(Ending.FAILED, String.valueOf(e.getMessage()));
        }
        if (reply == null) {
          return ended(Ending.TIME_LIMIT, deadline.reason());
        }
        usage = usage.plus(reply.usage());
        cost = PriceTable.sum(cost, reply.costMicros());
        said = reply.message().text().isBlank() ? said : reply.message().text();
        Optional<AgentReply> end = answer(reply);
        if (end.isPresent()) {
          return end.get();
        }
      }
      return ended(
          Ending.TURN_LIMIT,
          "the agent was not done after %d model calls".formatted(context.limits().turns()));
    }

    /** The model's reply, or null when the time is up. */
    private @Nullable ModelReply ask(CondenseConversation.Result room) {
      String key = key() + "call";
      if (!told) {
        // of a fork with another task: at the first call after the cut, also when it is resumed
        context
            .steps()
            .newsBefore(key, context.candidate() + "/")
            .ifPresent(news -> {
              conversation.add(new Message.User(news));
              told = true;
            });
      }
      ModelReply reply =
          context
              .steps()
              .call(
                  key,
                  before.isEmpty() ? whole() : next(),
                  this::whole,
                  CallOutcome.class,
                  intent -> call(room, intent))
              .reply();
      before = context.steps().inputHash(key);
      hashed = conversation.size();
      return reply != null && isOfAnotherModel(key) ? reply.withoutOpaque() : reply;
    }

    private CallInput whole() {
      return new CallInput(
          model.name(),
          context.rules(),
          List.copyOf(conversation),
          specs.stream().map(ToolSpec::name).toList());
    }

    private NextInput next() {
      return new NextInput(
          model.name(), before, List.copyOf(conversation.subList(hashed, conversation.size())));
    }

    /** Of a fork with other agents: a provider refuses reasoning that is not its own. */
    private boolean isOfAnotherModel(String key) {
      return context.steps().isInherited(key)
          && !context.steps().inputBegins(key, "{\"model\":" + Json.write(model.name()) + ",");
    }

    private CallOutcome call(CondenseConversation.Result room, Intent intent) {
      ModelReply reply;
      if (room.condensed() > 0) {
        // inside the step, so that a replay does not tell it again
        context
            .events()
            .accept(
                new RunEvent.ConversationCondensed(
                    context.candidate(),
                    purpose,
                    turn,
                    room.condensed(),
                    room.before(),
                    room.after()));
      }
      try {
        deadline.cancellation().check();
        ModelRequest plain =
            new ModelRequest(purpose, context.rules(), conversation, specs)
                .withInputTokens(condense.tokens(conversation));
        ModelRequest request = format.map(plain::withFormat).orElse(plain);
        reply =
            PayForCall.call(
                model,
                context,
                intent,
                request,
                new StreamText(
                    context.candidate(), context.events(), purpose, turn, System::nanoTime),
                deadline.cancellation());
      } catch (Cancellation.Cancelled e) {
        if (!deadline.passed()) {
          throw e;
        }
        return new CallOutcome(null);
      } catch (WinnowException e) {
        throw e;
      } catch (RuntimeException e) {
        // one candidate's adapter must not take the other candidates with it
        LOG.error("internal error in model {}", model.name(), e);
        throw new WinnowException(
            WinnowException.Category.AGENT, "internal error in model " + model.name(), e);
      }
      String text = reply.message().text();
      if (!text.isBlank()) {
        context.events().accept(new RunEvent.ModelText(context.candidate(), purpose, turn, text));
      }
      return new CallOutcome(reply);
    }

    /** Runs the calls of a reply; present when the phase is over. */
    private Optional<AgentReply> answer(ModelReply reply) {
      List<ToolCall> wanted = reply.message().calls();
      conversation.add(reply.message());
      return switch (reply.stop()) {
        case END, TOOL_CALLS ->
            wanted.isEmpty() ? Optional.of(ended(Ending.DONE, "")) : runTools(wanted);
        case MAX_TOKENS -> {
          // the arguments may be cut: a file written with half of its content is worse than none
          String why =
              "the reply was cut at the model's output limit; call again with less at once";
          wanted.forEach(call -> notRun(call, why));
          yield wanted.isEmpty()
              ? Optional.of(ended(Ending.FAILED, "the reply was cut at the model's output limit"))
              : Optional.empty();
        }
        case REFUSED -> {
          wanted.forEach(call -> notRun(call, "the reply was refused"));
          yield Optional.of(ended(Ending.FAILED, refusal(reply)));
        }
      };
    }

    private Optional<AgentReply> runTools(List<ToolCall> wanted) {
      int room = context.limits().toolCalls() - toolCalls;
      List<ToolCall> run = wanted.subList(0, Math.min(room, wanted.size()));
      List<ToolResult> results = calls.run(purpose, turn, run, deadline);
      toolCalls += run.size();
      Optional<String> stuck = Optional.empty();
      for (int i = 0; i < run.size(); i++) {
        ToolCall call = run.get(i);
        ToolResult result = results.get(i);
        conversation.add(new Message.ToolReturn(call.id(), result.text(), result.ok()));
        Optional<String> why = guard.called(call, calls.writes(call), result);
        stuck = stuck.or(() -> why);
      }
      // a provider refuses a conversation in which a call has no result
      wanted
          .subList(run.size(), wanted.size())
          .forEach(c -> notRun(c, "the tool limit is reached"));
      if (run.size() < wanted.size()) {
        return Optional.of(
            ended(
                Ending.TOOL_LIMIT,
                "the agent made %d tool calls".formatted(context.limits().toolCalls())));
      }
      Optional<String> idle = guard.turnEnded(context.afterTurn().files());
      return stuck.or(() -> idle).map(why -> ended(Ending.TOOL_LIMIT, why));
    }

    private static String refusal(ModelReply reply) {
      String why = CapText.oneLine(reply.message().text(), 200);
      return why.isEmpty() ? "the model refused without a reason" : "the model refused: " + why;
    }

    private void notRun(ToolCall call, String why) {
      conversation.add(new Message.ToolReturn(call.id(), "not run: " + why, false));
    }

    private AgentReply ended(Ending ending, String reason) {
      return new AgentReply(ending, said, reason, turn, usage, cost);
    }

    private String key() {
      return context.candidate() + "/" + purpose + "/turn-" + turn + "/";
    }
  }
}
