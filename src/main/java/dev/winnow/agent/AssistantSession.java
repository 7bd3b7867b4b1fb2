package dev.winnow.agent;

import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentReply.Ending;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.agent.tool.ToolSpec;
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

  /** About 400,000 tokens; no model takes more, and asking costs before it is refused. */
  private static final long MAX_CONVERSATION_CHARS = 1_500_000;

  /** All that a model call depends on; its hash guards the recorded reply. */
  record CallInput(String model, String system, List<Message> messages, List<String> tools) {}

  /** A reply, or, recorded as well so that a resumed run takes the same way, that time was up. */
  record CallOutcome(@Nullable ModelReply reply) {}

  private final ChatModel model;
  private final AgentContext context;
  private final RunToolCalls calls;
  private final List<ToolSpec> specs;
  private final List<Message> conversation = new ArrayList<>();
  private final Set<String> purposes = new HashSet<>();
  private boolean told;

  AssistantSession(ChatModel model, AgentContext context) {
    this.model = model;
    this.context = context;
    this.calls = new RunToolCalls(context);
    this.specs = context.tools().stream().map(Tool::spec).toList();
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
      return new Phase(prompt, deadline).run();
    }
  }

  @Override
  public void close() {
    conversation.clear();
  }

  /** One prompt's way through the loop. */
  private final class Phase {
    private final String purpose;
    private final Optional<OutputFormat> format;
    private final Deadline deadline;
    private final RepeatedCalls repeated = new RepeatedCalls();
    private Usage usage = Usage.NONE;
    private OptionalLong cost = OptionalLong.of(0);
    private String said = "";
    private int turn;
    private int toolCalls;

    Phase(Prompt prompt, Deadline deadline) {
      this.purpose = prompt.purpose();
      this.format = prompt.format();
      this.deadline = deadline;
    }

    AgentReply run() {
      while (turn < context.limits().turns()) {
        long size = conversationChars();
        if (size > MAX_CONVERSATION_CHARS) {
          return ended(
              Ending.FAILED,
              "the conversation has %,d characters, the limit is %,d"
                  .formatted(size, MAX_CONVERSATION_CHARS));
        }
        turn++;
        ModelReply reply;
        try {
          reply = ask();
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
    private @Nullable ModelReply ask() {
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
      List<String> tools = specs.stream().map(ToolSpec::name).toList();
      CallInput input =
          new CallInput(model.name(), context.rules(), List.copyOf(conversation), tools);
      ModelReply reply = context.steps().step(key, input, CallOutcome.class, this::call).reply();
      return reply != null && isOfAnotherModel(key) ? reply.withoutOpaque() : reply;
    }

    /** Of a fork with other agents: a provider refuses reasoning that is not its own. */
    private boolean isOfAnotherModel(String key) {
      return context.steps().isInherited(key)
          && !context.steps().inputBegins(key, "{\"model\":" + Json.write(model.name()) + ",");
    }

    private CallOutcome call() {
      ModelReply reply;
      try {
        deadline.cancellation().check();
        ModelRequest plain = new ModelRequest(purpose, context.rules(), conversation, specs);
        ModelRequest request = format.map(plain::withFormat).orElse(plain);
        reply =
            PayForCall.call(
                model, context, key() + "call", request, _ -> {}, deadline.cancellation());
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
          yield Optional.of(
              ended(Ending.FAILED, "the model refused: " + CapText.oneLine(said, 200)));
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
        Optional<String> why = repeated.add(call, calls.writes(call), result);
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
      return stuck.map(why -> ended(Ending.TOOL_LIMIT, why));
    }

    private void notRun(ToolCall call, String why) {
      conversation.add(new Message.ToolReturn(call.id(), "not run: " + why, false));
    }

    private AgentReply ended(Ending ending, String reason) {
      return new AgentReply(ending, said, reason, turn, usage, cost);
    }

    private String key() {
      return "%s/%s/turn-%d/".formatted(context.candidate(), purpose, turn);
    }
  }

  private long conversationChars() {
    long sum = 0;
    for (Message message : conversation) {
      sum +=
          switch (message) {
            case Message.User user -> user.text().length();
            case Message.Assistant a -> a.text().length() + a.calls().toString().length();
            case Message.ToolReturn result -> result.text().length();
          };
    }
    return sum;
  }
}
