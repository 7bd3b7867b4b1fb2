package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.agent.tool.ToolSpec;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Makes room when a conversation nears what its model can take. Prompts of Winnow (the task, the
 * phases), the rules, and what the model said stay verbatim; old results of tools are cut to their
 * beginning and end.
 *
 * <p>What providers demand stays true: each call keeps its result, at its place, and the messages
 * of the running phase go back with all their reasoning and signatures as they came. Only in phases
 * that are over may a message lose those, together with the large arguments of its calls.
 *
 * <p>A pure function: its result is a part of the input of recorded steps.
 */
final class CondenseConversation {

  /**
   * The conversation to go on with.
   *
   * @param condensed how many messages were cut; 0 when nothing was necessary
   * @param before estimated tokens, with rules and tools
   * @param fits whether it is within the model's limit now
   */
  record Result(List<Message> messages, int condensed, long before, long after, boolean fits) {
    Result {
      messages = List.copyOf(messages);
    }
  }

  /** When the conversation is longer than this share of the window, something must go. */
  private static final double FULL = 0.75;

  /** Down to this share, so that not every turn cuts again and loses the provider's cache. */
  private static final double ROOMY = 0.5;

  /** The output of a call needs room in the window too. */
  private static final double MOST = 0.9;

  /** The newest results are what the model is working with. */
  private static final int RECENT_TURNS = 4;

  private static final int KEPT_CHARS = 400;
  private static final int WORTH_CHARS = 1500;
  private static final int LAST_RESORT_CHARS = 4000;

  private final long window;
  private final long fixed;
  private final IdentityHashMap<Message, Long> counted = new IdentityHashMap<>();

  /**
   * @param window tokens of input that the model takes
   */
  CondenseConversation(long window, String rules, List<ToolSpec> tools) {
    this.window = window;
    this.fixed = EstimateCall.inputTokens(new ModelRequest("", rules, List.of(), tools));
  }

  Result of(List<Message> conversation) {
    List<Message> messages = new ArrayList<>(conversation);
    long before = tokens(messages);
    if (before <= FULL * window) {
      return new Result(messages, 0, before, before, true);
    }
    counted.clear(); // most of them will not come again
    int phase = startOfPhase(messages);
    long after = before;
    after = cutResults(messages, startOfTurn(messages, RECENT_TURNS), after, KEPT_CHARS);
    if (after > FULL * window) {
      after = cutArguments(messages, phase, after);
    }
    if (after > FULL * window) {
      after = cutResults(messages, startOfTurn(messages, 1), after, KEPT_CHARS);
    }
    if (after > FULL * window) {
      after = cutResults(messages, messages.size(), after, LAST_RESORT_CHARS);
    }
    int changed = 0;
    for (int i = 0; i < messages.size(); i++) {
      changed += messages.get(i).equals(conversation.get(i)) ? 0 : 1;
    }
    return new Result(messages, changed, before, after, after <= MOST * window);
  }

  /** Of a call with this conversation; each message is counted once in its life. */
  long tokens(List<Message> messages) {
    long tokens = fixed;
    for (Message message : messages) {
      tokens += counted.computeIfAbsent(message, EstimateCall::tokens);
    }
    return tokens;
  }

  /** Where the newest prompt is. */
  private static int startOfPhase(List<Message> messages) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i) instanceof Message.User) {
        return i;
      }
    }
    return 0;
  }

  /** The index of the last, or nth-last, message of the model. */
  private static int startOfTurn(List<Message> messages, int turns) {
    int left = turns;
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i) instanceof Message.Assistant && --left == 0) {
        return i;
      }
    }
    return 0;
  }

  /** Oldest first, until there is room. */
  private long cutResults(List<Message> messages, int end, long before, int kept) {
    long tokens = before;
    for (int i = 0; i < end && tokens > ROOMY * window; i++) {
      if (messages.get(i) instanceof Message.ToolReturn result
          && result.text().length() > kept + WORTH_CHARS) {
        Message shorter =
            new Message.ToolReturn(result.callId(), shorten(result.text(), kept), result.ok());
        tokens -= EstimateCall.tokens(result) - EstimateCall.tokens(shorter);
        messages.set(i, shorter);
      }
    }
    return tokens;
  }

  /** Messages of the model in phases that are over: files that it wrote, and its reasoning. */
  private long cutArguments(List<Message> messages, int end, long before) {
    long tokens = before;
    for (int i = 0; i < end && tokens > ROOMY * window; i++) {
      if (messages.get(i) instanceof Message.Assistant said) {
        Message shorter =
            new Message.Assistant(
                said.text(),
                said.calls().stream().map(CondenseConversation::shorten).toList(),
                List.of());
        long saved = EstimateCall.tokens(said) - EstimateCall.tokens(shorter);
        if (saved > WORTH_CHARS / 4) {
          tokens -= saved;
          messages.set(i, shorter);
        }
      }
    }
    return tokens;
  }

  private static ToolCall shorten(ToolCall call) {
    if (!(call.arguments() instanceof ObjectNode arguments)) {
      return call;
    }
    ObjectNode shorter = arguments.deepCopy();
    for (var field : arguments.properties()) {
      JsonNode value = field.getValue();
      if (value.isTextual() && value.asText().length() > KEPT_CHARS + WORTH_CHARS) {
        String text = value.asText();
        shorter.put(
            field.getKey(),
            head(text, KEPT_CHARS)
                + "\n[... %,d characters left out to save room ...]"
                    .formatted(text.length() - KEPT_CHARS));
      }
    }
    return new ToolCall(call.id(), call.tool(), shorter);
  }

  /** What Winnow says stands outside of the quotation, where no tool's text can imitate it. */
  private static String shorten(String quoted, int kept) {
    String text = QuoteUntrusted.content(quoted);
    String cut =
        head(text, kept / 2)
            + "\n[... %,d characters ...]\n".formatted(text.length() - kept)
            + tail(text, kept - kept / 2);
    return "Condensed to save room: %,d characters are left out; call the tool again if you need them.\n%s"
        .formatted(text.length() - kept, QuoteUntrusted.block("tool result", cut));
  }

  private static String head(String text, int chars) {
    int end = Math.min(chars, text.length());
    return text.substring(
        0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  private static String tail(String text, int chars) {
    int start = Math.max(0, text.length() - chars);
    return text.substring(
        start < text.length() && Character.isLowSurrogate(text.charAt(start)) ? start + 1 : start);
  }
}
